import { describe, expect, it } from 'vitest';
import { renderTemplate } from '../../../src/guidance/template/template.ts';
import { InputError } from '../../../src/host/errors.ts';
import { start } from '../histories.ts';

const version = '44.20260707.3.1-3f9a1c02';
const variables = {
  version,
  fleet: 'stable',
  base: { version: '44.20260707.3.1' },
  architectures: ['x86_64', 'aarch64'],
  reason: 'a "quoted" <reason> & more',
};
const usual = `{
  "version": "{{version}}",
  "metadata": {
    "rollout": {
      "start_epoch": {{start "+2h"}},
      "start_percentage": 0.0,
      "duration_minutes": {{minutes "48h"}}
    }
  }
}
`;

describe('renderTemplate', () => {
  it('renders an entry', () => {
    expect(render(usual)).toEqual({
      version,
      metadata: { rollout: { start_epoch: start + 7200, start_percentage: 0, duration_minutes: 2880 } },
    });
  });

  it('escapes nothing for HTML, and quotes for JSON with the json helper', () => {
    const source = '{"version": {{json version}}, "metadata": {"barrier": {"reason": {{json reason}} }}}';
    expect(render(source).metadata.barrier?.reason).toBe(variables.reason);
    const raw = '{"version": "{{version}}", "metadata": {"barrier": {"reason": "{{note}}"}}}';
    expect(render(raw, { note: "<it's & that>" }).metadata.barrier?.reason).toBe("<it's & that>");
  });

  it('knows conditions and loops', () => {
    const source = `{"version": "{{version}}", "metadata": {
      {{#if base.version}}"barrier": {"reason": "{{#each architectures}}{{#unless @first}} {{/unless}}{{this}}{{/each}}"}{{/if}}
    }}`;
    expect(render(source).metadata.barrier?.reason).toBe('x86_64 aarch64');
  });

  it.each([
    ['a variable', '{{verzion}}', 'stable.json.hbs:2:17: unknown variable, found "verzion"'],
    ['a field', '{{base.verzion}}', 'unknown variable, found "base.verzion"'],
    ['a variable in an argument', '{{json verzion}}', 'unknown variable, found "verzion"'],
    ['a variable in a branch not taken', '{{#if fleet}}{{version}}{{else}}{{oops}}{{/if}}', 'found "oops"'],
    ['a condition', '{{#if oops}}x{{/if}}', 'found "oops"'],
    ['something inherited', '{{constructor}}', 'found "constructor"'],
    [
      'a name that is no field of a list entry',
      '{{#each architectures}}{{oops}}{{/each}}',
      'unknown variable, found "oops"',
    ],
  ])('refuses an unknown name: %s', (_, expression, message) => {
    const source = usual.replace('{{version}}', expression);
    expect(() => render(source)).toThrow(message);
    expect(() => render(source)).toThrow('version, fleet, base, base.version, architectures, reason');
    expect(() => render(source)).toThrow(/^rollouts\/stable\.json\.hbs:2(:\d+)?: /);
  });

  it.each([
    [
      'an unknown helper',
      '{{begin "now"}}',
      ':5:24: unknown helper, found "begin", expected one of start, minutes',
    ],
    ['a partial', '{{> other}}', ':5:22: partials are not supported'],
    ['a start without a time', '{{start}}', ':5:22: this helper needs a time in quotes'],
    ['a start that is no time', '{{start "soon"}}', ':5:22: not a time, found "soon"'],
    ['minutes without a duration', '{{minutes}}', ':5:22: this helper needs a duration'],
    ['minutes that are no duration', '{{minutes "48"}}', ':5:22: not a duration, found "48"'],
    ['half a minute', '{{minutes "90s"}}', ':5:22: not a number of whole minutes'],
    ['no minutes at all', '{{minutes "0h"}}', ':5:22: not a number of whole minutes'],
    ['json without a value', '{{json}}', ':5:22: json needs a value'],
    ['a tag that does not close', '{{start "now"', ':5: not a Handlebars template'],
    ['brackets that touch', '{{minutes "48h"}}}}}', 'Put a space between }} and a } of JSON.'],
    ['a block that does not close', '{{#if fleet}}', 'not a Handlebars template'],
  ])('refuses %s', (_, expression, message) => {
    const source = usual.replace('{{start "+2h"}}', expression);
    expect(() => render(source)).toThrow(InputError);
    expect(() => render(source)).toThrow(message);
    expect(() => render(source)).toThrow('rollouts/stable.json.hbs');
  });

  it('shows what was rendered, and the place in it, when that is not an entry', () => {
    expect(() => render(usual.replace('0.0,', '0.0'))).toThrow(
      `rollouts/stable.json.hbs (rendered):7:7: not valid JSON, found "\\"duration_mi", expected ',' or '}'. ` +
        `The template rendered to:\n   1 | {\n   2 |   "version": "${version}",\n`,
    );
    expect(() => render(usual.replace('0.0', '50'))).toThrow(
      /\(rendered\):6:27: metadata\.rollout\.start_percentage: out of range, found 50, .*\n.*\n[\s\S]* 6 \| .*50,/,
    );
  });

  it.each([
    [
      'another version',
      '{{version}}',
      '{{base.version}}',
      'stable.json.hbs:2: version: the entry is for another version',
    ],
    ['a misspelt field', '"duration_minutes"', '"duration_minute"', 'no such field in a rollout'],
    ['an entry that says nothing', /"rollout": \{[^}]+\}\},[^}]+\}\}\s+\}/, '', 'this entry says nothing'],
    ['a rollout that is over already', '{{start "+2h"}}', '1600000000', 'end before it begins'],
  ])('refuses %s', (_, from, to, message) => {
    const source = usual.replace(from, to);
    expect(source).not.toBe(usual);
    expect(() => render(source)).toThrow(message);
  });

  it.each([
    ['a release that is a dead-end', '"deadend": {"reason": "b"}', 'a new release cannot be a dead-end'],
    ['a rollout without a duration', '"rollout": {"start_percentage": 0.1}', 'would never be complete'],
    ['a rollout that says nothing', '"rollout": {}', 'this rollout has no duration'],
    ['a duration of centuries', '"rollout": {"duration_minutes": 999999999}', 'this duration is too long'],
    [
      'a start in centuries',
      '"rollout": {"start_epoch": 99000000000, "duration_minutes": 1}',
      'this rollout would start in',
    ],
  ])('refuses %s', (_name, metadata, message) => {
    expect(() => render(`{"version": "{{version}}", "metadata": {${metadata}}}`)).toThrow(message);
  });

  it.each([
    ['blocks', '{{#if version}}'.repeat(20_000) + '{{/if}}'.repeat(20_000), 'nested too deeply'],
    ['blocks that never end', '{{#if version}}'.repeat(20_000), 'nested too deeply'],
    ['helpers', `{{json ${'(json '.repeat(5000)}version${')'.repeat(5000)}}}`, 'nested too deeply'],
    ['text', `${'x'.repeat(70_000)}`, 'this template is too long'],
  ])('refuses too many %s before Handlebars reads them', (_name, source, message) => {
    expect(() => render(source.slice(0, 60_000 + (message.includes('long') ? 20_000 : 0)))).toThrow(message);
  });

  it('takes a release that goes to everyone at once, and one that began a while ago', () => {
    const atOnce = '{"version": "{{version}}", "metadata": {"rollout": {"start_percentage": 1.0}}}';
    expect(render(atOnce).metadata.rollout).toEqual({ start_percentage: 1 });
    expect(render(usual.replace('"+2h"', '"2026-07-22T13:00:00Z"')).metadata.rollout?.start_epoch).toBe(
      start - 3600,
    );
  });

  it('keeps fields that it does not know, outside of the rollout', () => {
    const source =
      '{"version": "{{version}}", "x-by": "me", "metadata": {"rollout": {"start_percentage": 1}, "x-note": null}}';
    expect(render(source)).toEqual({
      version,
      'x-by': 'me',
      metadata: { rollout: { start_percentage: 1 }, 'x-note': null },
    });
  });
});

function render(source: string, more: Record<string, unknown> = {}) {
  return renderTemplate({
    source,
    where: 'rollouts/stable.json.hbs',
    variables: { ...variables, ...more },
    now: start,
  });
}
