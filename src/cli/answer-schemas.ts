/** Where the schemas of this major version can always be read. script/stamp writes the repository. */
const schemas = 'https://raw.githubusercontent.com/coxswain-os/coxswain/v1/';

/** The schema of what a verb prints with --json: its path in this repository and in the package. @param name of a verb; `error`; `dry-run` */
export function answerSchemaPath(name: string): string {
  return `schema/answers/${name}.schema.json`;
}

/** Its stable address. */
export function schemaAddress(name: string): string {
  return `${schemas}${answerSchemaPath(name)}`;
}
