export { createWorkingEvent as createEvent, type EventFields } from '../../processors/testing/working-event.ts'
