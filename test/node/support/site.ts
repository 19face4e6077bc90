import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readArguments } from '../../../src/cli/arguments.ts';
import type { UpdateEntry } from '../../../src/guidance/metadata.ts';
import { readFileIfThere } from '../../../src/host/files.ts';
import editUpdates from '../../../src/verbs/edit-updates.ts';
import publishUpdates from '../../../src/verbs/publish-updates.ts';
import { formatRepository } from '../../../src/world/registry/reference.ts';
import { contextAt, createProject, recordRelease, type TestProject } from '../../support/project.ts';
import { pushSampleImage } from '../../support/registry.ts';
import { keepFolders } from '../../support/repository.ts';
import type { NodeImage } from './machine.ts';

export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  serve: () => Promise<void>,
) => void | Promise<void>;

/** A fleet's site as our verbs publish it, behind a web server that knows gzip and ETag. */
export class Site {
  readonly project: TestProject;
  readonly folder: string;
  readonly url: string;
  /** Each request: method and target, in order. */
  readonly requests: string[] = [];
  /** Bytes that the server sent and got, heads included. */
  bytes = 0;
  /** Answers instead of the server, if a test wants another one. */
  handler: Handler | undefined;
  readonly repository: string;
  private readonly folders: string[] = [];

  private readonly server: Server;

  private constructor(project: TestProject, folder: string, server: Server) {
    this.server = server;
    this.project = project;
    this.folder = folder;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    this.repository = formatRepository(project.config.image);
  }

  /** @param host of the registry @param options.fleets as in coxswain.yaml; default: testing and stable */
  static async start(
    host: string,
    options: {
      readonly rings?: string;
      readonly fleets?: string;
      readonly files?: Record<string, string>;
    } = {},
  ): Promise<Site> {
    let site: Site | undefined;
    const server = createServer((request, response) => void site?.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { rings = '', ...rest } = options;
    const project = await createProject(host, {
      ...rest,
      ...(rings === '' ? {} : { rings }),
      more: `publish: { url: "http://127.0.0.1:${port}/" }`,
    });
    site = new Site(project, await mkdtemp(join(tmpdir(), 'coxswain-site-')), server);
    site.folders.push(...keepFolders());
    return site;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    for (const folder of [this.folder, ...this.folders]) await rm(folder, { recursive: true, force: true });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A test with answers of its own reads the real one here.
    if (request.headers['x-plain'] !== undefined) return this.serve(request, response);
    this.requests.push(`${request.method} ${request.url}`);
    const { socket } = request;
    const before = socket.bytesRead + socket.bytesWritten;
    response.on('close', () => {
      this.bytes += socket.bytesRead + socket.bytesWritten - (before > 2_000 ? before : 0);
    });
    const serve = () => this.serve(request, response);
    await (this.handler === undefined ? serve() : this.handler(request, response, serve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', this.url).pathname);
    const text = await readFileIfThere(join(this.folder, path)).catch(() => undefined);
    response.setHeader('connection', 'close');
    if (text === undefined) {
      response.writeHead(404).end('not here');
      return;
    }
    const etag = `"${createHash('sha1').update(text).digest('hex')}"`;
    response.setHeader('etag', etag);
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(gzip ? gzipSync(text) : text);
  }

  /** Pushes an image, and records it as a release of a fleet. @param time of its build and rollout, UNIX seconds */
  async release(
    fleet: string,
    version: string,
    time: number,
    metadata?: UpdateEntry['metadata'] | null,
    image?: Partial<NodeImage>,
  ): Promise<NodeImage> {
    const { client, config } = this.project;
    const labels = { 'org.opencontainers.image.version': version, 'com.coreos.stream': config.stream };
    const digest =
      image?.digest ??
      (
        await pushSampleImage(client, config.image, {
          tag: version,
          created: new Date(time * 1000).toISOString(),
          labels,
        })
      ).digest;
    await recordRelease(this.project, fleet, {
      version,
      time,
      digest: digest as `sha256:${string}`,
      ...(metadata === undefined ? {} : { metadata }),
    });
    return { repository: this.repository, digest, version, created: time, stream: config.stream };
  }

  /** Lets a tag of the production repository lead to an image. */
  async tag(tag: string, image: NodeImage): Promise<void> {
    const { client, config } = this.project;
    const { bytes, descriptor } = await client.getManifest({
      kind: 'digest',
      repository: config.image,
      digest: image.digest as `sha256:${string}`,
    });
    await client.putManifest(config.image, tag, bytes, descriptor.mediaType);
  }

  /** edit-updates, for the fleet testing if the arguments name no other. */
  async edit(args: readonly string[], at: number): Promise<void> {
    const fleet = args.includes('--fleet') ? [] : ['--fleet', 'testing'];
    const inputs = readArguments(editUpdates.inputs, [
      ...fleet,
      '--directory',
      this.project.git.directory,
      ...args,
    ]);
    await editUpdates.run(inputs, contextAt(at));
  }

  /** publish-updates. */
  async publish(at: number, ...args: readonly string[]): Promise<void> {
    const inputs = readArguments(publishUpdates.inputs, [
      '--output',
      this.folder,
      '--directory',
      this.project.git.directory,
      ...args,
    ]);
    await publishUpdates.run(inputs, contextAt(at));
  }
}
