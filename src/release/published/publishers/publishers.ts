import { folderPublisher } from './folder.ts';
import { artifactPublisher } from './oci-artifact.ts';
import type { Publication, Published, Publisher } from './publisher.ts';

/** All publishers, in the order in which they publish. A new one is one file, and one entry here. */
const publishers: readonly Publisher[] = [folderPublisher, artifactPublisher];

/** Publishes to every place that the configuration asks for. */
export async function publishEverywhere(publication: Publication): Promise<Published> {
  const done: Published[] = [];
  for (const publisher of publishers) {
    if (publisher.isWanted(publication.config)) done.push(await publisher.publish(publication));
  }
  return {
    written: done.flatMap(({ written }) => written),
    unchanged: done.flatMap(({ unchanged }) => unchanged),
    artifacts: done.flatMap(({ artifacts }) => artifacts),
  };
}
