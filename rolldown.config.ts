import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig, type Plugin } from 'rolldown';
import { minify } from 'rolldown/utils';
import { helpFile } from './src/cli/made-help.ts';

const verbs = readdirSync('src/verbs').filter((file) => file.endsWith('.ts'));

export default defineConfig({
  input: {
    main: 'src/main.ts',
    program: 'src/program.ts',
    ...Object.fromEntries(verbs.map((file) => [`verbs/${basename(file, '.ts')}`, `src/verbs/${file}`])),
  },
  platform: 'node',
  // The library for CycloneDX asks for it, to write XML, and does without.
  // Handlebars does the same: it draws source maps of templates with it, which nobody reads.
  external: ['xmlbuilder2', 'source-map'],
  // HTTP stacks of a megabyte each that nobody needs; the files say why.
  resolve: {
    alias: {
      'make-fetch-happen': resolve('src/release/attestations/fetch-for-sigstore.ts'),
      undici: resolve('src/world/http/no-undici.ts'),
    },
  },
  // Scripts for the guest and for nodes are files of their own, and part of the bundle as text.
  moduleTypes: {
    '.sh': 'text',
    '.jq': 'text',
    '.service': 'text',
    '.socket': 'text',
    '.timer': 'text',
    '.conf': 'text',
  },
  // Needed where chunks are not merged; nobody imports from our entries.
  preserveEntrySignatures: 'allow-extension',
  plugins: [compactDependencies(), licenses(), helpTexts()],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name].mjs',
    // One chunk a folder of the second level, and one a dependency: names that stay the same from build to build.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { debugName: 'dependency', test: /node_modules/, name: packageOf },
        // What a verb's chunk needs must not be in the verb's own file, which imports that chunk.
        { debugName: 'node', test: /\/node\/(kit|stand-in)\//, name: nodeFolderOf },
        { debugName: 'folder', test: /\/src\/(?!verbs\/|main)/, name: folderOf },
      ],
    },
  },
});

/** Libraries that nearly every verb loads are in one file, because each further file takes half a millisecond. */
const sharedPackages =
  /node_modules\/(?:zod|yaml|croner|dockerfile-ast|vscode-languageserver-\w+|@noble\/ciphers|modern-tar|@balena\/dockerignore)\//;

function packageOf(id: string): string | null {
  if (sharedPackages.test(id)) return 'libraries';
  return (
    packagePath(id)
      ?.replace(/^.*node_modules\//, '')
      .replace('@', '')
      .replace('/', '-') ?? null
  );
}

const sharedFolders =
  /^(?:guidance-lint|project|project-configuration|project-containerfile|world|world-(?:http|git|registry|forge|packages)|release|release-(?:attestations|candidate|evidence|gates|operations|published|sbom|signatures|state|upstream|vulnerabilities|witnesses))$/;

function folderOf(id: string): string | null {
  // Loaded only when GitHub is asked, with the large client that it needs. test/script/bundle.test.ts checks it.
  if (/\/src\/world\/forge\/github\/(?!run|github-remote|package-deletion|failures)/.test(id))
    return 'github';
  if (/\/src\/operate\/doctor\/github\//.test(id)) return 'operate-doctor-github';
  // main.mjs shows a help text without anything else.
  if (/\/src\/(?:cli\/made-help|host\/cache-folder)\.ts$/.test(id)) return 'start';
  // What only some users of a folder need, with a library or a folder of its own behind it: templates need Handlebars.
  if (id.endsWith('/src/release/rollout-entry.ts')) return 'release-rollout-entry';
  if (id.endsWith('/src/guidance/template/template-times.ts')) return 'guidance';
  // All that render-graph needs of the registry's client.
  if (id.endsWith('/src/world/registry/architecture.ts')) return 'guidance';
  if (/\/src\/release\/published\/(dashboard\/|feed\.ts|site\.ts)/.test(id)) return 'release-site';
  // main.mjs does not need these, and they need much.
  if (/\/src\/cli\/(architecture|first-release)-input\.ts|\/src\/cli\/state-change\.ts/.test(id))
    return 'cli-inputs';
  const folders = /\/src\/(?:(\w[\w-]*)\/)(?:(\w[\w-]*)\/)?/.exec(id)?.slice(1) ?? [];
  const name = folders.filter((folder) => folder !== undefined).join('-');
  // program.mjs loads both.
  if (name === 'cli') return 'host';
  return sharedFolders.test(name) ? 'shared' : name || null;
}

/** Of what runs on nodes: `node-kit`, `node-stand-in`. */
function nodeFolderOf(id: string): string | null {
  const folder = /\/node\/(kit|stand-in)\//.exec(id)?.[1];
  return folder === undefined ? null : `node-${folder}`;
}

function packagePath(id: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0];
}

/**
 * Dependencies are published elsewhere, in the versions that licenses.txt names. Here they are parsed at each start and
 * copied into each runner, so they are short. Our own code stays as it is read in src/.
 */
function compactDependencies(): Plugin {
  return {
    name: 'compact-dependencies',
    async generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk' || file.moduleIds.length === 0) continue;
        if (!file.moduleIds.every((id) => packagePath(id) !== undefined)) continue;
        const names = { class: true, function: true };
        const { code, errors } = await minify(file.fileName, file.code, {
          module: true,
          compress: { keepNames: names },
          mangle: { keepNames: names },
        });
        if (errors.length > 0) throw errors[0];
        file.code = `${code}\n`;
      }
    },
  };
}

/** Puts the licence texts of everything bundled beside the bundle, as those licences ask. */
function licenses(): Plugin {
  return {
    name: 'licenses',
    generateBundle() {
      const paths = [...this.getModuleIds()].map(packagePath).filter((path) => path !== undefined);
      const texts = [...new Set(paths)].sort().map((path) => {
        const { name, version, license } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'));
        const file = readdirSync(path).find((each) => /^licen[cs]e/i.test(each));
        const text = file === undefined ? '' : `\n${readFileSync(`${path}/${file}`, 'utf8').trim()}\n`;
        return `${name} ${version} (${license})\n${text}`;
      });
      this.emitFile({
        type: 'asset',
        fileName: 'licenses.txt',
        source: `${texts.join(`\n${'-'.repeat(80)}\n\n`)}`,
      });
    },
  };
}

/** Writes every help text into a file beside the bundle, by the bundle itself in a process of its own. */
function helpTexts(): Plugin {
  return {
    name: 'help-texts',
    writeBundle({ dir = 'dist' }) {
      const program = pathToFileURL(resolve(dir, 'program.mjs')).href;
      const code = `const { helpTexts } = await import(${JSON.stringify(program)});
        process.stdout.write(JSON.stringify(await helpTexts(), null, 1));`;
      const texts = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
        encoding: 'utf8',
      });
      writeFileSync(join(dir, helpFile), `${texts}\n`);
    },
  };
}
