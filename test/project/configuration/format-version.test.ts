import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { migrateConfigText } from '../../../src/project/configuration/format-version.ts';
import {
  configJsonSchema,
  configSchemaAddress,
  schemaStoreEntry,
} from '../../../src/project/configuration/schema.ts';

const plain = `image: r.example.com/os
base: quay.io/fedora/fedora-coreos:stable
fleets: { testing: {} }
`;
const withHead = `# yaml-language-server: $schema=x\n\n# Ours.\n${plain}`;

describe('the version of coxswain.yaml', () => {
  it('is 1, or not written at all', () => {
    expect(parseConfig(`version: 1\n${plain}`, 'coxswain.yaml')).toEqual(parseConfig(plain, 'coxswain.yaml'));
  });

  it('refuses a file of a newer version by one problem, whatever else is in it', () => {
    const text = `version: 2\nsomething-new: 1\n${plain}`;
    expect(() => parseConfig(text, 'coxswain.yaml')).toThrow(
      /^coxswain\.yaml:1:10: version: this file is of a newer version than this program reads, found 2, expected 1 or older\. Install a newer/,
    );
  });

  it.each(['0', '"1"', '1.5', 'x'])('refuses %s', (version) => {
    expect(() => parseConfig(`version: ${version}\n${plain}`, 'coxswain.yaml')).toThrow(/version/);
  });

  it('is added by the migration above the first field; comments and order stay', () => {
    expect(migrateConfigText(plain)).toBe(`version: 1\n${plain}`);
    expect(migrateConfigText(withHead)).toBe(
      `# yaml-language-server: $schema=x\n\n# Ours.\nversion: 1\n${plain}`,
    );
    const migrated = migrateConfigText(withHead);
    expect(migrateConfigText(migrated)).toBe(migrated);
    expect(parseConfig(migrated, 'x')).toEqual(parseConfig(withHead, 'x'));
  });
});

describe('the schema', () => {
  it('has the address that SchemaStore is given, and accepts the file', () => {
    const schema = configJsonSchema() as { $id: string };
    expect(schema.$id).toBe(configSchemaAddress);
    expect(schemaStoreEntry()).toMatchObject({ url: schema.$id, fileMatch: ['coxswain.yaml'] });
    const validate = new Ajv({ strict: false }).compile(schema);
    const value = { version: 1, image: 'r.example.com/os', base: 'a/b:c', fleets: { testing: {} } };
    expect(validate(value)).toBe(true);
    expect(validate({ ...value, version: 2 })).toBe(false);
  });
});
