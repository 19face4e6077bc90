import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { readFileIfThere } from '../../../src/host/files.ts';

const script = fileURLToPath(new URL('machine.sh', import.meta.url));
const standIn = fileURLToPath(new URL('../../../node/stand-in/rpm-ostree.sh', import.meta.url));
const kit = fileURLToPath(new URL('../../../node/kit', import.meta.url));

// Each script starts some dozens of programs, which takes seconds on a busy computer.
vi.setConfig({ testTimeout: 90_000 });

/** Machines need a mount namespace and a root folder of their own. */
export const cannotRunMachines =
  process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'test machines need root on Linux';

/** An image as the stand-in for rpm-ostree pulls it. */
export interface NodeImage {
  readonly repository: string;
  readonly digest: string;
  readonly version: string;
  /** UNIX seconds. */
  readonly created: number;
  readonly stream: string;
  readonly signed?: boolean;
  /** Instead of the version and the stream above, for images that differ from the graph. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A node, as its programs see it: this computer's programs in a root folder of their own, the stand-in for
 * rpm-ostree, and the kit. It keeps its state from run to run. @see machine.sh
 */
export class Machine {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** @param options.machineId default: the same id for all machines */
  static async start(options: { readonly machineId?: string } = {}): Promise<Machine> {
    const machine = new Machine(await mkdtemp(join(tmpdir(), 'coxswain-node-')));
    const { root } = machine;
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const folders = [
      'usr',
      'dev',
      'proc',
      'tmp',
      'ostree/deploy',
      'run/zincati/public',
      'etc/zincati/config.d',
    ];
    for (const folder of [...folders, 'own-usr/lib/zincati/config.d', 'run/coxswain-stand-in/images'])
      await mkdir(join(root, folder), { recursive: true });
    for (const link of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${link}`, join(root, link));
    await machine.write('cmdline', 'BOOT_IMAGE=/vmlinuz ignition.platform.id=qemu\n');
    await machine.write('etc/machine-id', `${options.machineId ?? '0123456789abcdef0123456789abcdef'}\n`);
    // The agent runs only as the user of this name.
    await machine.write('etc/passwd', 'zincati:x:0:0::/:/bin/sh\n');
    await machine.write('etc/passwd.root', 'root:x:0:0::/:/bin/sh\n');
    await machine.write('etc/hosts', '127.0.0.1 localhost\n');
    await machine.write('run/coxswain-stand-in/tags', '');
    await machine.program('rpm-ostree', await readFile(standIn, 'utf8'));
    await machine.program('systemctl', '#!/bin/sh\necho "$*" >>/run/systemctl-calls\n');
    await machine.program('loginctl', '#!/bin/sh\necho "[]"\n');
    await machine.program(
      'pkexec',
      '#!/bin/sh\nexec unshare -m sh -c \'mount --bind /etc/passwd.root /etc/passwd; exec "$@"\' sh "$@"\n',
    );
    return machine;
  }

  /** Puts a file into the machine. @param path without a slash before it */
  async write(path: string, text: string, mode = 0o644): Promise<void> {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { mode });
  }

  read(path: string): Promise<string | undefined> {
    return readFileIfThere(join(this.root, path));
  }

  /** Puts a program in the place of the real one of that name. */
  program(name: string, text: string): Promise<void> {
    return this.write(`own-usr/bin/${name}`, text, 0o755);
  }

  /** Installs the kit. @param settings of kit.conf */
  async installKit(settings: Readonly<Record<string, string | number>>): Promise<void> {
    await cp(kit, join(this.root, 'own-usr/lib/coxswain'), { recursive: true });
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await this.write('own-usr/lib/coxswain/kit.conf', lines.join(''));
  }

  /** Makes an image known to the stand-in: a registry has it. */
  async image(image: NodeImage): Promise<void> {
    const hex = image.digest.replace('sha256:', '');
    const created = new Date(image.created * 1000).toISOString();
    const labels = image.labels ?? {
      'org.opencontainers.image.version': image.version,
      'com.coreos.stream': image.stream,
    };
    const config = {
      architecture: 'amd64',
      os: 'linux',
      created,
      config: { Labels: { 'containers.bootc': '1', ...labels } },
      rootfs: { type: 'layers', diff_ids: [] },
      history: [],
    };
    const manifest = {
      schemaVersion: 2,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: image.digest, size: 2 },
      layers: [],
      annotations: { 'org.opencontainers.image.created': created },
    };
    const meta = {
      'ostree.manifest-digest': image.digest,
      'ostree.manifest': JSON.stringify(manifest),
      'ostree.container.image-config': JSON.stringify(config),
      'ostree.importer.version': '0.15.3',
    };
    const version = labels['org.opencontainers.image.version'] ?? image.version;
    await this.write(
      `run/coxswain-stand-in/images/${hex}`,
      `REPOSITORY=${image.repository}\nVERSION=${version}\nCREATED=${image.created}\nSIGNED=${image.signed ? 'yes' : 'no'}\n`,
    );
    await this.write(`run/coxswain-stand-in/images/${hex}.meta`, `${JSON.stringify(meta)}\n`);
  }

  /** @param reference such as ostree-unverified-registry:host/path:tag */
  async boot(reference: string, digest: string, packages = ''): Promise<void> {
    await this.write(
      'run/coxswain-stand-in/booted',
      `REF=${reference}\nDIGEST=${digest}\nLOCKED=no\nPACKAGES=${packages}\n`,
    );
  }

  /** Stock Fedora CoreOS, or an older host on an OSTree remote. */
  bootCommit(refspec: string, version: string): Promise<void> {
    return this.write(
      'run/coxswain-stand-in/booted',
      `REFSPEC=${refspec}\nCHECKSUM=${'c'.repeat(64)}\nVERSION=${version}\n`,
    );
  }

  /** The deployments by name: what `REF` and `DIGEST` are. */
  async deployment(name: 'booted' | 'staged' | 'rollback'): Promise<Record<string, string> | undefined> {
    const text = await this.read(`run/coxswain-stand-in/${name}`);
    if (text === undefined) return undefined;
    return Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/).slice(0, 2)),
    );
  }

  /** The commands that rpm-ostree got, without those for its status. */
  async calls(): Promise<string[]> {
    const text = (await this.read('run/coxswain-stand-in/calls')) ?? '';
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('status'));
  }

  /** Starts a program on the machine. */
  spawn(command: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(script, [this.root, ...command], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', ...env },
    });
  }

  /** Runs a program on the machine until it ends. */
  async run(
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input = '',
  ): Promise<Ran> {
    const child = this.spawn(command, env);
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.stdin?.on('error', () => undefined).end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  /** Runs a script of the kit. @param now UNIX seconds */
  kit(name: string, args: readonly string[] = [], now?: number, input = ''): Promise<Ran> {
    const env = now === undefined ? {} : { COXSWAIN_NOW: String(now) };
    return this.run(['bash', `/usr/lib/coxswain/${name}.sh`, ...args], env, input);
  }

  /** Boots the deployment; one whose finalization is locked is dropped. */
  async reboot(): Promise<void> {
    await this.run(['rpm-ostree', 'next-boot']);
    await rm(join(this.root, 'run/motd.d'), { recursive: true, force: true });
  }

  /** The motd of a topic of the kit. */
  async motd(topic: string): Promise<string | undefined> {
    return (await this.read(`run/motd.d/80-coxswain-${topic}.motd`))?.trim();
  }
}
