/** Path of a fleet's graph. @param options.folder one of a ring's folders; default: the graph of no ring */
export function graphPath(options: {
  readonly fleet: string;
  readonly basearch: string;
  readonly folder?: string;
}): string {
  const { fleet, basearch, folder = '' } = options;
  return `${fleet}/${basearch}/${folder === '' ? '' : `${folder}/`}v1/graph`;
}

/** Path of the release.json of one release. */
export function buildReleasePath(fleet: string, version: string): string {
  return `${fleet}/builds/${fileNameOf(version)}/release.json`;
}

/**
 * URL of the release.json of one release: what `metadata` in the release index holds.
 * @param options.url where the files are served
 */
export function buildReleaseUrl(options: {
  readonly url: string;
  readonly fleet: string;
  readonly version: string;
}): string {
  const path = buildReleasePath(options.fleet, options.version);
  return `${withSlash(options.url)}${path.split('/').map(encodeURIComponent).join('/')}`;
}

/**
 * The value of Zincati's `cincinnati.base_url`. It ends in a slash: Zincati joins `v1/graph` to it as a browser
 * would, and without the slash the last part would be replaced.
 * @param basearch an architecture, or `${basearch}` for Zincati to fill in
 */
export function baseUrl(options: {
  readonly url: string;
  readonly fleet: string;
  readonly basearch: string;
  readonly folder?: string;
}): string {
  return `${withSlash(options.url)}${graphPath(options).replace(/v1\/graph$/, '')}`;
}

/** To upstream's tools a version is any text, so this turns it into one safe file name. */
function fileNameOf(version: string): string {
  const safe = encodeURIComponent(version).replaceAll('%2B', '+');
  return /^\.+$/.test(safe) ? safe.replaceAll('.', '%2E') : safe;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
