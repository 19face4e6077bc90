import type { Purpose } from './authentication.ts';
import type { Repository } from './reference.ts';

/** Content of known length that can be read again from its start. */
export interface RepeatableStream {
  readonly size: number;
  /** Without a range all of it, checked as it passes; a part is not checked here. */
  open(range?: ByteRange): Promise<ReadableStream<Uint8Array>>;
}

/** In bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface RegistryRequest extends Purpose {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** What the failure message says was tried, as a gerund phrase. */
  readonly doing: string;
  /** What was asked for, for "not found" and "unauthorised". Default: the repository. */
  readonly what?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | RepeatableStream;
  /** Statuses that are an answer; any other is thrown. */
  readonly answers: readonly number[];
  /** Not to be tried again by itself: the caller starts the whole operation anew. */
  readonly once?: boolean;
  /** A 404 need not come from a registry (an interface that older ones lack). */
  readonly mayLack?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Where the answer came from in the end. */
  readonly url: URL;
}

export interface Counters {
  /** HTTP requests, with redirects, retries and token requests. */
  requests: number;
  /** Bodies only. */
  bytesSent: number;
  bytesReceived: number;
}

export interface Transport {
  readonly counters: Counters;
  /** `https://HOST/v2/PATH/REST` */
  url(repository: Repository, rest: string): URL;
  /** Sends a request and reads the whole answer, retrying what may pass. */
  send(request: RegistryRequest): Promise<Answer>;
  /** Sends a request whose answer is read as a stream; breaking off half-way is the reader's to handle. */
  stream(
    request: RegistryRequest,
  ): Promise<{ readonly status: number; readonly body: ReadableStream<Uint8Array> }>;
  /** Runs an operation of several requests again while it fails in ways that may pass. */
  retrying<T>(operation: () => Promise<T>): Promise<T>;
}
