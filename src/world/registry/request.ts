import type { AnswerHeaders } from '../http/http-answer.ts';
import type { Purpose } from './authentication.ts';
import type { Repository } from './reference.ts';

/** Content of known length that can be read again from its start. */
export interface RepeatableStream {
  readonly size: number;
  /** Without a range, the whole content, verified. A part is not verified. */
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
  /** What was tried, as a gerund phrase, for error messages. */
  readonly doing: string;
  /** What was asked for, for "not found" and "unauthorised". Default: the repository. */
  readonly what?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | RepeatableStream;
  /** Statuses that are an answer; any other is thrown. */
  readonly answers: readonly number[];
  /** The request is not retried alone: the caller repeats the whole operation. */
  readonly once?: boolean;
  /** A 404 may come from another server (older registries lack this interface). */
  readonly mayLack?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Uint8Array;
  /** The address that answered, after redirects. */
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
  /** Sends a request and reads the whole answer, with retries. */
  send(request: RegistryRequest): Promise<Answer>;
  /** Sends a request whose answer is read as a stream; the reader handles a broken stream. */
  stream(
    request: RegistryRequest,
  ): Promise<{ readonly status: number; readonly body: ReadableStream<Uint8Array> }>;
  /** Repeats an operation of several requests while it fails with a TransientError. */
  retrying<T>(operation: () => Promise<T>): Promise<T>;
}
