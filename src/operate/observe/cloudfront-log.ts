import { createTargetWriter, type LineReader, type LogFormat, lineKinds } from './log-format.ts';

const tab = '\t';

/** The standard logs of CloudFront, and other logs in the W3C extended format: fields as a comment names them. */
export const cloudfrontLog: LogFormat = { name: 'CloudFront', createReader };

function createReader(): LineReader {
  let columns = new Map<string, number>();
  const write = createTargetWriter();
  return {
    read(bytes, start, end, entry) {
      const line = bytes.toString('latin1', start, end);
      if (line.startsWith('#')) {
        const fields = /^#Fields:\s*(.*)$/.exec(line)?.[1];
        if (fields !== undefined)
          columns = new Map(fields.split(/\s+/).map((name, index) => [name.toLowerCase(), index]));
        return lineKinds.other;
      }
      const cells = line.split(line.includes(tab) ? tab : ' ');
      const cell = (name: string) => cells[columns.get(name) ?? -1] ?? '';
      // A line that was cut has fewer fields.
      if (columns.size === 0 || cells.length < columns.size) return lineKinds.unreadable;
      const stem = cell('cs-uri-stem');
      const query = cell('cs-uri-query');
      if (stem === '') return lineKinds.unreadable;
      const kind = write(query === '' || query === '-' ? stem : `${stem}?${onceDecoded(query)}`, entry);
      if (kind !== lineKinds.graph) return kind;
      const time = Date.parse(`${cell('date')}T${cell('time')}Z`) / 1000;
      if (Number.isNaN(time)) return lineKinds.unreadable;
      entry.time = Math.floor(time);
      const status = Number(cell('sc-status'));
      entry.status = Number.isInteger(status) ? status : 0;
      return kind;
    },
  };
}

/** CloudFront encodes the percent signs of a query once more. */
function onceDecoded(query: string): string {
  return query.replace(/%25([0-9a-f]{2})/gi, '%$1');
}
