import type { Config } from '../configuration/config.ts';
import { configFileName } from '../configuration/config.ts';
import { motdFile, schemaFile } from './texts.ts';

/** What a file that init writes is for, in a few words. */
export function explainFile(path: string, config: Config): string {
  const template = Object.values(config.fleets).find((fleet) => fleet.template === path);
  if (template !== undefined) return `how a release is rolled out to ${template.name}`;
  if (path === config.containerfile) return 'your image: what you add to the base';
  if (path.startsWith(`${config.tests}/`)) return 'a test that runs as root in the booted image';
  return explanations[path] ?? (path.startsWith('.github/workflows/') ? workflowOf(path) : '');
}

const explanations: Readonly<Record<string, string>> = {
  [configFileName]: 'the configuration: images, base, fleets, rings',
  '.containerignore': 'what is not part of the build, nor of the build key',
  '.gitignore': 'what verbs leave in the checkout',
  [motdFile]: 'a sample file of the image',
  [schemaFile]: 'completion and checks for your editor',
};

function workflowOf(path: string): string {
  const [, name = ''] = /([\w-]+)\.yml$/.exec(path) ?? [];
  const what: Readonly<Record<string, string>> = {
    watch: 'on a schedule: looks for a new base, and keeps promotions and graphs up to date',
    'pull-request': 'in a pull request: builds and boots the image',
    release: 'on a merge: promotes, rolls out, publishes',
    operate: 'a form for operators: pause, withdraw, roll back',
  };
  return what[name.replace(/^coxswain-/, '')] ?? 'a workflow';
}
