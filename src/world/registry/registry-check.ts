import type { HttpAnswer } from '../http/http-answer.ts';
import { isHtml, retryAfter, transientStatuses } from './answers.ts';
import type { Exchange } from './exchange.ts';
import { bareType } from './manifest.ts';
import { notARegistry, TransientError } from './registry-failures.ts';
import type { RegistryRequest, Transport } from './request.ts';

/** Distinguishes a registry's answers from those of other web servers. */
export interface RegistryCheck {
  /**
   * Only a registry's 404 counts: the 404 of some web server must not mean "no such image".
   * Registries answer errors in JSON. If this answer is not JSON, /v2/ decides, once for each host.
   * @returns true if the answer itself proves that it is a registry's
   * @throws InputError if the host is not a registry
   */
  fromRegistry(request: RegistryRequest, response: HttpAnswer): Promise<boolean>;
}

export function createRegistryCheck(exchange: Exchange, url: Transport['url']): RegistryCheck {
  const registries = new Map<string, Promise<string | undefined>>();

  async function fromRegistry(request: RegistryRequest, response: HttpAnswer): Promise<boolean> {
    const type = bareType(response.headers.get('content-type') ?? '');
    if (type.endsWith('json') || response.headers.has('docker-distribution-api-version')) return true;
    const host = request.repository.registry;
    let problem = registries.get(host);
    if (problem === undefined) {
      problem = registryProblem(request);
      registries.set(host, problem);
      problem.catch(() => registries.delete(host));
    }
    const seen = await problem;
    if (seen !== undefined) throw notARegistry(host, seen);
    return false;
  }

  async function registryProblem(request: RegistryRequest): Promise<string | undefined> {
    const base = new URL('/v2/', url(request.repository, ''));
    const response = await exchange(base, { method: 'GET', doing: request.doing });
    response.discard();
    const { status } = response;
    if (transientStatuses.includes(status)) {
      throw new TransientError(request.doing, `${base.host} answered ${status}`, retryAfter(response));
    }
    const challenged = status === 401 && response.headers.has('www-authenticate');
    const fine = status === 200 && !isHtml(response);
    if (challenged || fine) return undefined;
    return `/v2/ answers ${status}${isHtml(response) ? ' with an HTML page' : ''}`;
  }

  return { fromRegistry };
}
