import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig } from 'rolldown';

const verbs = readdirSync('src/verbs').filter((file) => file.endsWith('.ts'));

export default defineConfig({
  input: {
    main: 'src/main.ts',
    ...Object.fromEntries(verbs.map((file) => [`verbs/${basename(file, '.ts')}`, `src/verbs/${file}`])),
  },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name].mjs',
    // One chunk a domain folder and one a dependency: names that stay the same from build to build.
    codeSplitting: {
      groups: [
        {
          name: (id) =>
            /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1]?.replace('/', '-').replace('@', '') ?? null,
          test: /node_modules/,
        },
        { name: (id) => /\/src\/([^/]+)\//.exec(id)?.[1] ?? null, test: /\/src\/(?!verbs\/|main)/ },
      ],
    },
  },
});
