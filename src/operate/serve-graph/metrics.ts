/** What the server counts, in the text format of Prometheus. */
export interface ServeMetrics {
  /** @param seconds time it took to answer */
  request(
    labels: { readonly fleet: string; readonly basearch: string; readonly code: number },
    seconds: number,
  ): void;
  wariness(value: number): void;
  /** A source was read, with this result. */
  read(result: 'changed' | 'unchanged' | 'failed'): void;
  /** @param gauges name → value, as of now */
  format(gauges: readonly Gauge[]): string;
}

export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly values: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

const secondBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1];
// Eleven buckets of a tenth each, as upstream has them.
const warinessBounds = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** @param startedAt UNIX seconds */
export function createMetrics(startedAt: number): ServeMetrics {
  const requests = new Map<string, number>();
  const reads = new Map<string, number>();
  const durations = createHistogram(secondBounds);
  const warinesses = createHistogram(warinessBounds);
  return {
    request({ fleet, basearch, code }, seconds) {
      count(requests, `fleet="${escapeLabel(fleet)}",basearch="${escapeLabel(basearch)}",code="${code}"`);
      durations.observe(seconds);
    },
    wariness: warinesses.observe,
    read: (result) => count(reads, `result="${result}"`),
    format: (gauges) =>
      [
        ...counter('coxswain_graph_requests_total', 'Requests for an update graph.', requests),
        ...durations.format(
          'coxswain_graph_request_duration_seconds',
          'Time to answer a request for a graph.',
        ),
        ...warinesses.format('coxswain_graph_rollout_wariness', 'Wariness of each request for a graph.'),
        ...counter('coxswain_site_reads_total', "Reads of a fleet's published files.", reads),
        ...[
          ...gauges,
          {
            name: 'process_start_time_seconds',
            help: 'Start of the process, in UNIX seconds.',
            values: [{ value: startedAt }],
          },
          {
            name: 'process_resident_memory_bytes',
            help: 'Resident memory.',
            values: [{ value: process.memoryUsage.rss() }],
          },
        ].flatMap(formatGauge),
        '',
      ].join('\n'),
  };
}

function count(counts: Map<string, number>, labels: string): void {
  counts.set(labels, (counts.get(labels) ?? 0) + 1);
}

function counter(name: string, help: string, counts: ReadonlyMap<string, number>): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} counter`,
    ...[...counts].map(([labels, value]) => `${name}{${labels}} ${value}`),
  ];
}

function formatGauge({ name, help, values }: Gauge): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...values.map(({ labels = {}, value }) => {
      const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
      return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
    }),
  ];
}

function createHistogram(bounds: readonly number[]) {
  const counts = bounds.map(() => 0);
  let all = 0;
  let sum = 0;
  return {
    observe(value: number): void {
      all += 1;
      // NaN is above every bound, and would make the sum useless.
      if (Number.isNaN(value)) return;
      sum += value;
      const bucket = bounds.findIndex((bound) => value <= bound);
      if (bucket >= 0) counts[bucket] = (counts[bucket] as number) + 1;
    },
    format(name: string, help: string): string[] {
      let below = 0;
      return [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} histogram`,
        ...bounds.map((bound, index) => {
          below += counts[index] as number;
          return `${name}_bucket{le="${bound}"} ${below}`;
        }),
        `${name}_bucket{le="+Inf"} ${all}`,
        `${name}_sum ${sum}`,
        `${name}_count ${all}`,
      ];
    },
  };
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
