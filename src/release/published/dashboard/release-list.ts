import type { Release } from '../../../guidance/releases.ts';
import { buildReleasePath } from '../file-paths.ts';
import type { SiteFleet, SiteInput } from '../input.ts';
import { type Html, html } from './html.ts';
import { commitLink, imageLink, nameOf, runsLink, withLinks } from './links.ts';
import { showTime } from './rollout-view.ts';

/** So many releases have their commit and images listed; the files have all of them. */
const most = 10;

/** The newest releases, and where each came from. */
export function releaseList(fleet: SiteFleet, input: SiteInput): Html {
  const { releases } = fleet.state.releases;
  const older = releases.length - most;
  return html`<details>
<summary>Releases and files (${releases.length})</summary>
<p><a href="${relative(`${fleet.name}/releases.json`)}">releases.json</a> · <a href="${relative(`${fleet.name}/updates.json`)}">updates.json</a></p>
<ol class="releases">${releases
    .slice(-most)
    .toReversed()
    .map((release) => item(release, fleet, input))}
</ol>
${older <= 0 ? '' : html`<p class="quiet">${older} older releases are in releases.json.</p>`}</details>
`;
}

function item(release: Release, fleet: SiteFleet, { repository }: SiteInput): Html {
  const { recordedAt, commit, images = [] } = fleet.state.records?.[release.version] ?? {};
  const evidence = (reference: string) => images.find(({ digestRef }) => digestRef === reference)?.evidence;
  return html`
<li><a href="${relative(buildReleasePath(fleet.name, release.version))}"><code>${release.version}</code></a>${recordedAt === undefined ? '' : html` <span class="quiet">${showTime(recordedAt)}</span>`}${commit === undefined ? '' : html` commit ${commitLink(commit, repository)} ${runsLink(commit, repository)}`}${exceptions(fleet, release.version)}${(
    release['oci-images'] ?? []
  ).map((image) => {
    const proof = evidence(image['digest-ref']);
    const [where] = image['digest-ref'].split('@');
    return html` <span class="image">${image.architecture} ${imageLink(image['digest-ref'])}${proof === undefined ? '' : html`<br>evidence ${imageLink(`${where}@${proof}`)}`}</span>`;
  })}</li>`;
}

/** Why a release is unusual: it has no evidence, did not soak, or restores an older content. */
export function exceptions(fleet: SiteFleet, version: string): readonly Html[] {
  const record = fleet.state.records?.[version] ?? {};
  const { urgent, rollBack, acceptedMissingEvidence: accepted, acceptedVulnerabilities: found } = record;
  return [
    ...(accepted === undefined
      ? []
      : [
          html` <p><span class="badge untested">no evidence</span> accepted by ${nameOf(accepted.by)}: ${withLinks(accepted.reason)}</p>`,
        ]),
    ...(found === undefined
      ? []
      : [
          html` <p><span class="badge untested">vulnerabilities</span> accepted by ${nameOf(found.by)}: ${withLinks(found.reason)}</p>`,
        ]),
    ...(urgent === undefined
      ? []
      : [
          html` <p><span class="badge urgent">urgent</span> It did not soak: ${withLinks(urgent.reason)} <span class="quiet">(${nameOf(urgent.by)})</span></p>`,
        ]),
    ...(rollBack === undefined
      ? []
      : [
          html` <p><span class="badge rolled-back">roll-back</span> The content of <code>${rollBack.restores}</code> instead of <code>${rollBack.insteadOf}</code>: ${withLinks(rollBack.reason)} <span class="quiet">(${nameOf(rollBack.by)})</span></p>`,
        ]),
  ];
}

function relative(path: string): string {
  return `./${path.split('/').map(encodeURIComponent).join('/')}`;
}
