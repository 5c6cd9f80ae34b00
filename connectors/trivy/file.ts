import type { OcsfFile } from '../../schemas/ocsf/ocsf-event.ts'

/** A target of Trivy as OCSF's file. A workload of a cluster is written like a path and has no better place. */
export function toFile(path: string): OcsfFile {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (path === '') return { name: 'unknown', path: 'unknown', type: 'Unknown', type_id: 0 }
  return { name: name === '' ? path : name, path, type: 'Regular File', type_id: 1 }
}
