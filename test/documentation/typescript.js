import { register } from 'node:module'

/* `node --import` this to run a program in TypeScript, with the hooks that read users' plugins; needs `dist/`. */

register('../../dist/module-hooks.js', import.meta.url)
