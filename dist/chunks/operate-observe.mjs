import { t as cacheFolder } from "./start.mjs";
import { S as string, T as unknown$1, b as record } from "./libraries.mjs";
import { Bt as nearest, D as say, Gt as messageOf, H as makeFolder, Ht as OutsideError, Mt as formatTime, S as exact, V as isMissing, Vt as InputError, Wt as init_errors, et as isRehearsal, l as formatPercent, x as count } from "./host.mjs";
import { J as otherRelease, t as warinessOf, ut as architectures } from "./guidance.mjs";
import { a as FleetCounter, i as tenthOf, s as summarize, t as createKeyMaker } from "./release-adoption.mjs";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { chmod, link, readFile, readdir, stat, unlink, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import * as zlib from "node:zlib";
// src/operate/observe/clf-time.ts
init_errors();
const monthNumbers = new Map([
	"Jan",
	"Feb",
	"Mar",
	"Apr",
	"May",
	"Jun",
	"Jul",
	"Aug",
	"Sep",
	"Oct",
	"Nov",
	"Dec"
].map((name, index) => [name.charCodeAt(0) << 16 | name.charCodeAt(1) << 8 | name.charCodeAt(2), index]));
/**
* Reads the time of the common log format. Successive lines have nearly the same time, so the reader remembers the last hour.
* @returns UNIX seconds; -1 if there is no such time at this place
*/
function createClfTimeReader() {
	let lastHour = -1;
	let lastZone = -1;
	let hourStart = 0;
	return (bytes, at) => {
		const day = two(bytes, at);
		const year = two(bytes, at + 7) * 100 + two(bytes, at + 9);
		const hour = two(bytes, at + 12);
		const minute = two(bytes, at + 15);
		const second = two(bytes, at + 18);
		const name = bytes[at + 3] << 16 | bytes[at + 4] << 8 | bytes[at + 5];
		const month = monthNumbers.get(name);
		const sign = bytes[at + 21];
		const zone = two(bytes, at + 22) * 60 + two(bytes, at + 24);
		if (month === void 0 || !(year + day + hour + minute + second + zone >= 0)) return -1;
		if (bytes[at + 2] !== 47 || bytes[at + 6] !== 47 || bytes[at + 11] !== 58 || bytes[at + 14] !== 58 || bytes[at + 17] !== 58 || bytes[at + 20] !== 32 || sign !== 43 && sign !== 45 || hour > 23 || minute > 59 || second > 60) return -1;
		const thisHour = ((year * 12 + month) * 32 + day) * 32 + hour;
		const thisZone = sign === 43 ? zone : -zone - 1;
		if (thisHour !== lastHour || thisZone !== lastZone) {
			const start = Date.UTC(year, month, day, hour) / 1e3 - (sign === 43 ? zone : -zone) * 60;
			if (day < 1 || new Date(Date.UTC(year, month, day)).getUTCDate() !== day) return -1;
			lastHour = thisHour;
			lastZone = thisZone;
			hourStart = start;
		}
		return hourStart + minute * 60 + second;
	};
}
/** Two decimal digits; NaN if they are none. */
function two(bytes, at) {
	const tens = bytes[at] - 48;
	const ones = bytes[at + 1] - 48;
	return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}
// src/operate/observe/log-format.ts
/** What a reader made of a line. */
const lineKinds = {
	/** A request for a graph: the entry is filled in. */
	graph: 0,
	/** Anything else that belongs into such a log. */
	other: 1,
	unreadable: 2
};
const graphPath = Buffer.from("v1/graph");
/** Whether the text before a position is the path of a graph. */
function endsInGraph(bytes, start, end) {
	const from = end - graphPath.length;
	if (from < start) return false;
	for (let index = 0; index < graphPath.length; index += 1) if (bytes[from + index] !== graphPath[index]) return false;
	return true;
}
const scratchSize = 32768;
/** Puts a target that is a text into an entry. */
function createTargetWriter() {
	const scratch = Buffer.allocUnsafe(scratchSize);
	return (target, entry) => {
		const length = scratch.write(target, "utf8");
		const mark = scratch.indexOf(63);
		if (!endsInGraph(scratch, 0, mark >= 0 && mark < length ? mark : length)) return lineKinds.other;
		entry.bytes = scratch;
		entry.from = 0;
		entry.to = length;
		return lineKinds.graph;
	};
}
// src/operate/observe/json-log.ts
/** What a line has to say; each by the path of a field, such as `request.uri`. */
const jsonFields = [
	"time",
	"uri",
	"query",
	"status"
];
/** Names that nginx, Caddy, Traefik, HAProxy, Envoy and serve-graph are usually configured with; the first found counts. */
const defaultJsonFields = {
	time: [
		"time",
		"ts",
		"timestamp",
		"@timestamp",
		"time_iso8601",
		"time_local",
		"msec",
		"StartUTC",
		"start_time",
		"date"
	],
	uri: [
		"uri",
		"request_uri",
		"request.uri",
		"RequestPath",
		"path",
		"url",
		"http.request.uri",
		"request"
	],
	query: [
		"query",
		"args",
		"query_string",
		"request.query"
	],
	status: [
		"status",
		"DownstreamStatus",
		"status_code",
		"response.status",
		"response_code",
		"statusCode"
	]
};
const anObject = record(string(), unknown$1());
const longestNumber = /^\d{9,19}(\.\d+)?$/;
/** One JSON object on each line. */
function jsonLog(fields = defaultJsonFields) {
	return {
		name: "JSON lines",
		createReader: () => createReader$2(fields)
	};
}
function createReader$2(fields) {
	const paths = Object.fromEntries(jsonFields.map((name) => [name, fields[name].map((path) => path.split("."))]));
	const write = createTargetWriter();
	const readTime = createTimeReader();
	return { read(bytes, start, end, entry) {
		const last = lastVisible(bytes, start, end);
		if (bytes[start] !== 123 || bytes[last] !== 125) return lineKinds.unreadable;
		const line = parseObject(bytes.toString("utf8", start, last + 1));
		if (line === void 0) return lineKinds.unreadable;
		const uri = fieldOf(line, paths.uri);
		if (typeof uri !== "string") return lineKinds.unreadable;
		const query = fieldOf(line, paths.query);
		const kind = write(targetOf(uri, query), entry);
		if (kind !== lineKinds.graph) return kind;
		const time = readTime(fieldOf(line, paths.time));
		if (time === void 0) return lineKinds.unreadable;
		entry.time = time;
		const status = Number(fieldOf(line, paths.status) ?? 0);
		entry.status = Number.isInteger(status) ? status : 0;
		return kind;
	} };
}
function lastVisible(bytes, start, end) {
	let last = end - 1;
	while (last > start && bytes[last] <= 32) last -= 1;
	return last;
}
function parseObject(text) {
	try {
		return anObject.safeParse(JSON.parse(text)).data;
	} catch {
		return;
	}
}
function fieldOf(line, paths) {
	for (const path of paths) {
		let value = line[path.join(".")];
		if (value === void 0 && path.length > 1) {
			value = line;
			for (const key of path) value = typeof value === "object" && value !== null ? value[key] : void 0;
		}
		if (typeof value === "string" || typeof value === "number") return value;
	}
}
/** Path and query. A field may hold the whole request line or an address. */
function targetOf(uri, query) {
	const target = /^[A-Z]+ (\S+)( HTTP\/\S+)?$/.exec(uri)?.[1] ?? uri;
	const path = /^https?:\/\/[^/?]*(.*)$/.exec(target)?.[1] ?? target;
	if (path.includes("?") || typeof query !== "string" || query === "" || query === "-") return path;
	return `${path}?${query.replace(/^\?/, "")}`;
}
/** UNIX seconds from a number (seconds, milli-, micro- or nanoseconds), ISO 8601, or the common log format. */
function createTimeReader() {
	const readClf = createClfTimeReader();
	return (value) => {
		if (typeof value === "number") return fromNumber(value);
		if (typeof value !== "string") return void 0;
		if (longestNumber.test(value)) return fromNumber(Number(value));
		if (value.length >= 26 && value[2] === "/") {
			const time = readClf(Buffer.from(value.replace(/^\[/, ""), "latin1"), 0);
			return time < 0 ? void 0 : time;
		}
		const iso = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value);
		const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value}Z`;
		const parsed = iso ? Date.parse(zoned.replace(" ", "T")) : NaN;
		return Number.isNaN(parsed) ? void 0 : Math.floor(parsed / 1e3);
	};
}
function fromNumber(value) {
	if (!Number.isFinite(value) || value < 0) return void 0;
	let seconds = value;
	while (seconds > 1e11) seconds /= 1e3;
	return Math.floor(seconds);
}
// src/operate/observe/cloudfront-log.ts
const tab = "	";
/** The standard logs of CloudFront, and other logs in the W3C extended format: fields as a comment names them. */
const cloudfrontLog = {
	name: "CloudFront",
	createReader: createReader$1
};
function createReader$1() {
	let columns = /* @__PURE__ */ new Map();
	const write = createTargetWriter();
	return { read(bytes, start, end, entry) {
		const line = bytes.toString("latin1", start, end);
		if (line.startsWith("#")) {
			const fields = /^#Fields:\s*(.*)$/.exec(line)?.[1];
			if (fields !== void 0) columns = new Map(fields.split(/\s+/).map((name, index) => [name.toLowerCase(), index]));
			return lineKinds.other;
		}
		const cells = line.split(line.includes(tab) ? tab : " ");
		const cell = (name) => cells[columns.get(name) ?? -1] ?? "";
		if (columns.size === 0 || cells.length < columns.size) return lineKinds.unreadable;
		const stem = cell("cs-uri-stem");
		const query = cell("cs-uri-query");
		if (stem === "") return lineKinds.unreadable;
		const kind = write(query === "" || query === "-" ? stem : `${stem}?${onceDecoded(query)}`, entry);
		if (kind !== lineKinds.graph) return kind;
		const time = Date.parse(`${cell("date")}T${cell("time")}Z`) / 1e3;
		if (Number.isNaN(time)) return lineKinds.unreadable;
		entry.time = Math.floor(time);
		const status = Number(cell("sc-status"));
		entry.status = Number.isInteger(status) ? status : 0;
		return kind;
	} };
}
/** CloudFront encodes the percent signs of a query once more. */
function onceDecoded(query) {
	return query.replace(/%25([0-9a-f]{2})/gi, "%$1");
}
// src/operate/observe/lines.ts
/** A longer line is not one of an access log: servers limit the length of a request. */
const longestLine = 65536;
const lineFeed = 10;
const carriageReturn = 13;
/**
* @param onLine a line in bytes, without its line break
* @param onTooLong a line that is longer than longestLine; its bytes are dropped
*/
function createLineSplitter(onLine, onTooLong) {
	const rest = Buffer.allocUnsafe(longestLine);
	let kept = 0;
	let isTooLong = false;
	function line(bytes, start, end) {
		const last = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
		if (last - start > 65536) onTooLong();
		else if (last > start) onLine(bytes, start, last);
	}
	function keep(chunk, from, to) {
		if (isTooLong || kept + to - from > 65536) {
			isTooLong = true;
			return;
		}
		chunk.copy(rest, kept, from, to);
		kept += to - from;
	}
	function finish() {
		if (isTooLong) onTooLong();
		else line(rest, 0, kept);
		kept = 0;
		isTooLong = false;
	}
	return {
		push(chunk) {
			let start = 0;
			for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
				if (kept > 0 || isTooLong) {
					keep(chunk, start, end);
					finish();
				} else line(chunk, start, end);
				start = end + 1;
			}
			keep(chunk, start, chunk.length);
		},
		end() {
			if (kept > 0 || isTooLong) finish();
		}
	};
}
// src/operate/observe/text-log.ts
const bracket = 91;
const closingBracket = 93;
const quote = 34;
const space = 32;
const questionMark$1 = 63;
const backslash = 92;
/**
* The common log format, and what has the same parts in the same order: a time in brackets, later the request in
* quotation marks, then the status. So it reads the combined format, with a virtual host before it or fields after
* it, and the server access logs of S3, which have fields between time and request.
*/
const textLog = {
	name: "common log format",
	createReader
};
function createReader() {
	const readTime = createClfTimeReader();
	return { read(bytes, start, end, entry) {
		const bracketAt = findTime(bytes, start, end);
		if (bracketAt < 0) return lineKinds.unreadable;
		const time = readTime(bytes, bracketAt + 1);
		if (time < 0) return lineKinds.unreadable;
		const open = bytes.indexOf(quote, bracketAt + 26 + 2);
		if (open < 0 || open >= end) return lineKinds.unreadable;
		const close = closingQuote(bytes, open + 1, end);
		if (close < 0) return lineKinds.unreadable;
		const status = readStatus(bytes, close + 1, end);
		if (status < 0) return lineKinds.unreadable;
		let from = open + 1;
		while (from < close && bytes[from] !== space) from += 1;
		from += 1;
		let mark = from;
		while (mark < close && bytes[mark] !== questionMark$1 && bytes[mark] !== space) mark += 1;
		if (mark > close || !endsInGraph(bytes, from, mark)) return lineKinds.other;
		let to = close;
		for (let at = close - 1; at >= mark; at -= 1) if (bytes[at] === space) {
			to = at;
			break;
		}
		entry.bytes = bytes;
		entry.from = from;
		entry.to = to;
		entry.time = time;
		entry.status = status;
		return lineKinds.graph;
	} };
}
/** The bracket before the time: an address of IPv6 may be in brackets too. */
function findTime(bytes, start, end) {
	for (let at = start; at + 26 + 1 < end; at += 1) if (bytes[at] === bracket && bytes[at + 26 + 1] === closingBracket) return at;
	return -1;
}
function closingQuote(bytes, from, end) {
	let at = bytes.indexOf(quote, from);
	while (at >= 0 && at < end) {
		let slashes = 0;
		while (bytes[at - 1 - slashes] === backslash) slashes += 1;
		if (slashes % 2 === 0) return at;
		at = bytes.indexOf(quote, at + 1);
	}
	return -1;
}
/** The status after the request: three digits, or `-` in logs of S3. */
function readStatus(bytes, at, end) {
	if (at + 1 >= end || bytes[at] !== space) return -1;
	if (bytes[at + 1] === 45) return 0;
	if (at + 3 >= end) return -1;
	const digit = (index) => bytes[at + index] - 48;
	const status = digit(1) * 100 + digit(2) * 10 + digit(3);
	return status >= 100 && status <= 999 && (at + 4 === end || bytes[at + 4] === space) ? status : -1;
}
// src/operate/observe/read-log.ts
const formatNames = [
	"auto",
	"common",
	"json",
	"cloudfront"
];
const linesToTry = 50;
/** Reads a log to its end, or to where it is broken. What cannot be read is counted. */
async function readLog(source, options) {
	const formats = formatsOf(options);
	const entry = {
		bytes: Buffer.alloc(0),
		from: 0,
		to: 0,
		time: 0,
		status: 0
	};
	const trial = [];
	let chosen;
	let lines = 0;
	let graphs = 0;
	let unreadable = 0;
	let firstUnreadable;
	let cut;
	const splitter = createLineSplitter((bytes, start, end) => {
		if (chosen !== void 0) return readLine(chosen.reader, bytes, start, end);
		trial.push(Buffer.from(bytes.subarray(start, end)));
		if (trial.length >= linesToTry) choose();
	}, () => {
		lines += 1;
		missed();
	});
	try {
		for await (const chunk of source.read()) splitter.push(chunk);
	} catch (error) {
		cut = messageOf(error);
	}
	splitter.end();
	if (chosen === void 0) choose();
	return {
		name: source.name,
		format: lines > unreadable ? chosen?.format.name : void 0,
		lines,
		graphs,
		unreadable,
		...firstUnreadable === void 0 ? {} : { firstUnreadable },
		...cut === void 0 ? {} : { cut }
	};
	function readLine(reader, bytes, start, end) {
		lines += 1;
		const kind = reader.read(bytes, start, end, entry);
		if (kind === lineKinds.graph) {
			graphs += 1;
			options.onGraph(entry);
		} else if (kind === lineKinds.unreadable) missed();
	}
	function missed() {
		unreadable += 1;
		firstUnreadable ??= lines;
	}
	/** Takes the format that reads the most of the first lines, and reads those. */
	function choose() {
		const format = bestFormat(formats, trial);
		chosen = {
			format,
			reader: format.createReader()
		};
		for (const line of trial) readLine(chosen.reader, line, 0, line.length);
		trial.length = 0;
	}
}
function formatsOf({ format, fields = defaultJsonFields }) {
	const all = {
		common: textLog,
		json: jsonLog(fields),
		cloudfront: cloudfrontLog
	};
	return format === "auto" ? Object.values(all) : [all[format]];
}
function bestFormat(formats, lines) {
	const entry = {
		bytes: Buffer.alloc(0),
		from: 0,
		to: 0,
		time: 0,
		status: 0
	};
	return formats.map((format) => {
		const reader = format.createReader();
		return {
			format,
			read: lines.filter((line) => reader.read(line, 0, line.length, entry) !== lineKinds.unreadable).length
		};
	}).reduce((best, each) => each.read > best.read ? each : best).format;
}
// src/operate/observe/byte-memo.ts
const mostEntries = 4096;
const hashedBytes = 24;
/** Each two numbers of `ranges` are the begin and the end of a part; a begin of -1 is a part that is missing. */
function createByteMemo() {
	const entries = /* @__PURE__ */ new Map();
	return { get(bytes, ranges, make) {
		let hash = 2166136261;
		for (let range = 0; range < ranges.length; range += 2) {
			const from = ranges[range];
			const to = from < 0 ? from : ranges[range + 1];
			hash = Math.imul(hash ^ to - from, 16777619);
			for (let at = from; at < to; at += 1) {
				if (at - from === hashedBytes && to - at > hashedBytes) at = to - hashedBytes;
				hash = Math.imul(hash ^ bytes[at], 16777619);
			}
		}
		const known = entries.get(hash);
		if (known !== void 0 && isSame(known.bytes, bytes, ranges)) return known.value;
		const value = make();
		if (entries.size >= mostEntries) entries.clear();
		entries.set(hash, {
			bytes: copyOf(bytes, ranges),
			value
		});
		return value;
	} };
}
const separator = 10;
function isSame(known, bytes, ranges) {
	let position = 0;
	for (let range = 0; range < ranges.length; range += 2) {
		const from = ranges[range];
		const to = from < 0 ? from : ranges[range + 1];
		for (let at = from; at < to; at += 1) {
			if (known[position] !== bytes[at]) return false;
			position += 1;
		}
		if (known[position] !== separator) return false;
		position += 1;
	}
	return position === known.length;
}
function copyOf(bytes, ranges) {
	const parts = [];
	for (let range = 0; range < ranges.length; range += 2) {
		const from = ranges[range];
		if (from >= 0) parts.push(bytes.subarray(from, ranges[range + 1]));
		parts.push(Buffer.of(separator));
	}
	return Buffer.concat(parts);
}
// src/operate/observe/graph-target.ts
const ampersand = 38;
const equals = 61;
const questionMark = 63;
function emptyTarget() {
	return {
		pathEnd: 0,
		uuid: -1,
		uuidEnd: -1,
		checksum: -1,
		checksumEnd: -1,
		version: -1,
		versionEnd: -1,
		basearch: -1,
		basearchEnd: -1,
		wariness: -1,
		warinessEnd: -1
	};
}
/** Finds the parts of a target; of a parameter that is there twice, the last one counts. Makes no object. */
function splitTarget(bytes, from, to, target) {
	target.uuid = target.checksum = target.version = target.basearch = target.wariness = -1;
	let at = from;
	while (at < to && bytes[at] !== questionMark) at += 1;
	target.pathEnd = at;
	at += 1;
	while (at < to) {
		let sign = at;
		while (sign < to && bytes[sign] !== equals && bytes[sign] !== ampersand) sign += 1;
		let end = sign;
		while (end < to && bytes[end] !== ampersand) end += 1;
		if (end > sign + 1) assign(bytes, at, sign, end, target);
		at = end + 1;
	}
}
function assign(bytes, at, sign, end, target) {
	const length = sign - at;
	if (length === 9 && is(bytes, at, uuidName)) {
		target.uuid = sign + 1;
		target.uuidEnd = end;
	} else if (length === 11 && is(bytes, at, checksumName)) {
		target.checksum = sign + 1;
		target.checksumEnd = end;
	} else if (length === 10 && is(bytes, at, versionName)) {
		target.version = sign + 1;
		target.versionEnd = end;
	} else if (length === 8 && is(bytes, at, basearchName)) {
		target.basearch = sign + 1;
		target.basearchEnd = end;
	} else if (length === 16 && is(bytes, at, warinessName)) {
		target.wariness = sign + 1;
		target.warinessEnd = end;
	}
}
const uuidName = Buffer.from("node_uuid");
const checksumName = Buffer.from("os_checksum");
const versionName = Buffer.from("os_version");
const basearchName = Buffer.from("basearch");
const warinessName = Buffer.from("rollout_wariness");
function is(bytes, at, name) {
	for (let index = 0; index < name.length; index += 1) if (bytes[at + index] !== name[index]) return false;
	return true;
}
/** A value of a query as text; what is not valid percent encoding is left as it is. */
function valueText(bytes, from, to) {
	if (from < 0) return "";
	const text = bytes.toString("utf8", from, to).replaceAll("+", " ");
	if (!text.includes("%")) return text;
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
// src/operate/observe/node-rows.ts
const firstSlots = 4096;
const mostSlots = 2 ** 22;
const identifierLength = 32;
const unknown = -2;
/**
* Finds the rows of nodes by their identifiers. A keyed hash takes longer than all the rest of a line, so each node's
* is computed once: after that its row is found by the identifier. Those that are not in the sample are remembered too.
*/
var NodeRows = class {
	/** 64 bits of the last identifier, for counts in the memory of this process. */
	identity = {
		high: 0,
		low: 0
	};
	#key = {
		high: 0,
		low: 0
	};
	#counter;
	#hash;
	#generation = 0;
	#used = 0;
	#high = new Uint32Array(firstSlots);
	#low = new Uint32Array(firstSlots);
	#rows = new Int32Array(firstSlots).fill(unknown);
	constructor(counter, hash) {
		this.#counter = counter;
		this.#hash = hash;
	}
	/** @returns the row of the node whose identifier is at this place; -1 if it is not in the sample */
	rowAt(bytes, from, to) {
		const { table } = this.#counter;
		if (to - from !== identifierLength || !this.#fold(bytes, from)) {
			const row = this.#hashed(bytes, from, to);
			this.identity.high = this.#key.high;
			this.identity.low = this.#key.low;
			return row;
		}
		if (this.#generation !== table.generation) this.#forget();
		const { high, low } = this.identity;
		const mask = this.#rows.length - 1;
		let slot = (low ^ high) & mask;
		for (;; slot = slot + 1 & mask) {
			const row = this.#rows[slot];
			if (row === unknown) break;
			if (this.#high[slot] === high && this.#low[slot] === low) return row;
		}
		const row = this.#hashed(bytes, from, to);
		if (this.#generation !== table.generation) this.#forget();
		this.#remember(high, low, row);
		return row;
	}
	#hashed(bytes, from, to) {
		this.#hash(bytes.subarray(from, to), this.#key);
		return this.#counter.table.rowOf(this.#key);
	}
	/** Puts the 128 bits of 32 hexadecimal digits into 64. @returns false if they are others */
	#fold(bytes, from) {
		let invalid = 0;
		for (let word = 0; word < 4; word += 1) {
			let bits = 0;
			for (let index = 0; index < 8; index += 1) {
				const digit = digits[bytes[from + word * 8 + index]];
				invalid |= digit;
				bits = bits << 4 | digit & 15;
			}
			words[word] = bits;
		}
		this.identity.high = (words[0] ^ Math.imul(words[2], 2654435761)) >>> 0;
		this.identity.low = (words[1] ^ Math.imul(words[3], 2246822507)) >>> 0;
		return (invalid & 16) === 0;
	}
	#remember(high, low, row) {
		if (this.#used * 2 >= this.#rows.length) this.#grow();
		const mask = this.#rows.length - 1;
		let slot = (low ^ high) & mask;
		while (this.#rows[slot] !== unknown) slot = slot + 1 & mask;
		this.#high[slot] = high;
		this.#low[slot] = low;
		this.#rows[slot] = row;
		this.#used += 1;
	}
	#forget() {
		this.#generation = this.#counter.table.generation;
		this.#rows.fill(unknown);
		this.#used = 0;
	}
	#grow() {
		if (this.#rows.length >= mostSlots) {
			this.#forget();
			return;
		}
		const [high, low, rows] = [
			this.#high,
			this.#low,
			this.#rows
		];
		const length = rows.length * 2;
		this.#high = new Uint32Array(length);
		this.#low = new Uint32Array(length);
		this.#rows = new Int32Array(length).fill(unknown);
		this.#used = 0;
		for (const [slot, row] of rows.entries()) if (row !== unknown) this.#remember(high[slot], low[slot], row);
	}
};
const words = /* @__PURE__ */ new Int32Array(4);
/** The value of each hexadecimal digit as Zincati writes them; 16 for all other bytes. */
const digits = Uint8Array.from({ length: 256 }, (_, byte) => {
	const digit = "0123456789abcdef".indexOf(String.fromCharCode(byte));
	return digit < 0 ? 16 : digit;
});
/** Counts requests for graphs, as bytes of logs, for each fleet. */
function createRequestCounter(options) {
	const { fleets, from, until, salt, limit } = options;
	const hash = createKeyMaker(salt);
	const counters = fleets.map((fleet) => new FleetCounter(fleet, limit === void 0 ? {
		from,
		until
	} : {
		from,
		until,
		limit
	}));
	const rows = counters.map((counter) => new NodeRows(counter, hash));
	const places = createByteMemo();
	const images = counters.map(() => createByteMemo());
	const leftOut = {
		early: 0,
		future: 0,
		otherFleets: 0
	};
	const target = emptyTarget();
	const sighting = {
		time: 0,
		release: 0,
		other: 0,
		place: 0
	};
	const placeRanges = [
		0,
		0,
		0,
		0
	];
	const imageRanges = [
		0,
		0,
		0,
		0
	];
	return {
		count,
		counters,
		leftOut
	};
	function count({ bytes, from: start, to, time, status }) {
		if (time < from) {
			leftOut.early += 1;
			return;
		}
		if (time >= until + 300) {
			leftOut.future += 1;
			return;
		}
		splitTarget(bytes, start, to, target);
		placeRanges[0] = start;
		placeRanges[1] = target.pathEnd;
		placeRanges[2] = target.basearch;
		placeRanges[3] = target.basearchEnd;
		const place = places.get(bytes, placeRanges, () => findPlace(bytes.toString("utf8", start, target.pathEnd), valueText(bytes, target.basearch, target.basearchEnd)));
		if (place.kind === "other fleet") {
			leftOut.otherFleets += 1;
			return;
		}
		const counter = counters[place.fleet];
		if (place.kind === "missing" || status === 404 || status === 403 || status === 410) countMissing(counter, place.kind === "missing" ? place.path : bytes.toString("utf8", start, target.pathEnd), bytes);
		if (place.kind === "missing") return;
		if (target.uuid < 0) {
			counter.withoutNode += 1;
			return;
		}
		const nodeRows = rows[place.fleet];
		const row = nodeRows.rowAt(bytes, target.uuid, target.uuidEnd);
		sighting.time = time < until ? time : until - 1;
		counter.countRequest(nodeRows.identity.high, nodeRows.identity.low, sighting.time);
		if (row < 0) return;
		imageRanges[0] = target.checksum;
		imageRanges[1] = target.checksumEnd;
		imageRanges[2] = target.version;
		imageRanges[3] = target.versionEnd;
		const image = images[place.fleet]?.get(bytes, imageRanges, () => {
			const found = {
				release: 0,
				other: 0
			};
			const payload = valueText(bytes, target.checksum, target.checksumEnd);
			counter.identify(payload, valueText(bytes, target.version, target.versionEnd), found);
			return found;
		});
		sighting.release = image?.release ?? 0;
		sighting.other = image?.other ?? 0;
		sighting.place = place.kind === "graph" ? place.place : servedPlace(counter, place.basearch, row, bytes);
		counter.countRow(row, sighting);
	}
	function countMissing(counter, path, bytes) {
		if (target.uuid < 0) {
			counter.countMissing(path, void 0);
			return;
		}
		const key = {
			high: 0,
			low: 0
		};
		hash(bytes.subarray(target.uuid, target.uuidEnd), key);
		counter.countMissing(path, key);
	}
	function servedPlace(counter, basearch, row, bytes) {
		const { rings } = counter.of;
		const { table } = counter;
		if (target.wariness < 0) {
			const known = table.place[row];
			if (table.last[row] !== 0 && known >= counter.placeOf(tenthOf(rings, 0), architectures[0])) return known;
		}
		const given = target.wariness < 0 ? NaN : Number(valueText(bytes, target.wariness, target.warinessEnd));
		const wariness = Number.isNaN(given) ? warinessOf(valueText(bytes, target.uuid, target.uuidEnd)) : given;
		return counter.placeOf(tenthOf(rings, wariness), basearch);
	}
	/** Reads `[…/]<fleet>/<basearch>[/<ring>]/v1/graph` and serve-graph's `[/<fleet>]/v1/graph`. */
	function findPlace(path, basearch) {
		const parts = decoded(path).split("/").slice(0, -2);
		const isArch = (part) => architectures.some((each) => each === part);
		const [third = "", second = "", first = ""] = [
			parts.at(-3),
			parts.at(-2),
			parts.at(-1)
		];
		if (isArch(first)) return staticPlace(path, second, first, "");
		if (isArch(second)) return staticPlace(path, third, second, first);
		const name = first === "" && fleets.length === 1 ? fleets[0]?.fleet ?? "" : first;
		const fleet = fleets.findIndex((each) => each.fleet === name);
		if (fleet >= 0 && isArch(basearch)) return {
			kind: "served",
			fleet,
			basearch
		};
		return missingPlace(path, name);
	}
	function staticPlace(path, name, basearch, folder) {
		const fleet = fleets.findIndex((each) => each.fleet === name);
		const counter = counters[fleet];
		const ring = counter?.of.rings.findIndex(({ folders }) => folders.includes(folder)) ?? -1;
		if (counter === void 0 || ring < 0) return missingPlace(path, name);
		return {
			kind: "graph",
			fleet,
			place: counter.placeOf(ring, basearch)
		};
	}
	/** A graph of a fleet that nobody knows is reported with the fleet that was probably meant. */
	function missingPlace(path, name) {
		if (options.otherFleets?.includes(name) === true) return { kind: "other fleet" };
		const names = fleets.map(({ fleet }) => fleet);
		const meant = names.includes(name) ? name : nearest(name, names);
		return {
			kind: "missing",
			fleet: Math.max(0, names.indexOf(meant ?? "")),
			path
		};
	}
}
function decoded(path) {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
}
// src/operate/observe/observe.ts
init_errors();
const daySeconds = 86400;
/** Reads logs one after the other, and counts the nodes of fleets. @throws InputError if no line could be read */
async function observe(logs, options) {
	const { now, window } = options;
	const counter = createRequestCounter({
		...options,
		from: now - window,
		until: now
	});
	const read = [];
	for (const log of logs) read.push(await readLog(log, {
		...options,
		onGraph: counter.count
	}));
	refuseUnreadable(read);
	return {
		fleets: counter.counters.map((each) => summarize(each, now)),
		logs: read,
		leftOut: { ...counter.leftOut }
	};
}
/** @param seconds of the window @throws InputError if it is not whole days, or too long */
function checkWindow(seconds, field) {
	if (seconds >= daySeconds && seconds <= 31 * daySeconds && seconds % daySeconds === 0) return seconds;
	throw new InputError({
		field,
		problem: "not a window in whole days",
		found: `${seconds} s`,
		expected: `1d to 31d`
	});
}
function refuseUnreadable(logs) {
	if (logs.some(({ format }) => format !== void 0)) return;
	const [first] = logs;
	const why = first?.cut ?? (first?.lines === 0 ? "it is empty" : `none of its ${first?.lines} lines is in a known format`);
	throw new InputError({
		where: logs.length === 1 ? first?.name ?? "" : `${logs.length} logs, the first ${first?.name}`,
		problem: `nothing could be read: ${why}`,
		expected: "an access log: common or combined format, JSON lines, CloudFront or S3",
		remedy: "For JSON with other names of fields, say --field uri=NAME --field time=NAME."
	});
}
// src/operate/observe/observe-report.ts
/** What people read: each fleet, then what was read. */
function reportObservation({ fleets, logs, leftOut }) {
	return [...fleets.map(reportFleet), reportLogs(logs, leftOut)];
}
function reportFleet(seen) {
	const days = Math.round((seen.window.until - seen.window.from) / 86400);
	const about = seen.method === "sample" ? "about " : "";
	return {
		headline: `${seen.fleet}: ${about}${count(seen.nodes, "node")} in the last ${count(days, "day")}, until ${formatTime(seen.window.until)}`,
		facts: [
			seen.method === "sample" ? `a sample: too many nodes to keep all of them; the number of nodes is right to ${formatPercent(2 * seen.standardError, 2)} in 19 of 20 cases` : void 0,
			releases(seen),
			rings(seen),
			...seen.stuck.map((stuck) => ({ warning: stuckSentence(stuck) })),
			...seen.cameBack.map(({ from, to, nodes }) => ({ warning: say`${count(nodes, "node")} ran ${exact(from)} and came back to ${exact(to)}` })),
			...seen.missing.map(({ path, nodes, requests }) => ({ warning: say`${count(requests, "request")} of ${count(nodes, "node")} for a graph that does not exist: ${exact(path)}` })),
			seen.nodes > 0 ? `each node asked ${seen.requests.perNodeAndDay} times a day on average (Zincati asks about 288 times)` : void 0,
			seen.requests.withoutNode > 0 ? { warning: `${count(seen.requests.withoutNode, "request")} did not say which node asked: they count for no node. The log must have the query of each request` } : void 0
		]
	};
}
function releases(seen) {
	return {
		head: [
			"release",
			"nodes",
			"share",
			"last 24 h"
		],
		rows: seen.releases.toReversed().map(({ version, nodes, lastSeen }) => [
			version === "other" ? "other images" : exact(version),
			String(nodes),
			formatPercent(nodes / Math.max(1, seen.nodes)),
			String(lastSeen[0] ?? 0)
		])
	};
}
function rings(seen) {
	if (seen.rings.length < 2) return void 0;
	const newest = seen.releases.filter(({ version }) => version !== otherRelease).at(-1)?.version;
	return {
		head: [
			"ring",
			"nodes",
			`on ${newest ?? "the newest release"}`
		],
		rows: seen.rings.map(({ ring, nodes, releases: by }) => [
			ring,
			String(nodes),
			formatPercent((newest === void 0 ? 0 : by[newest] ?? 0) / nodes)
		])
	};
}
function stuckSentence({ kind, version, behind, nodes, reason }) {
	const who = say`${count(nodes, "node")} on ${exact(version)}`;
	const why = reason === void 0 ? "" : `: ${reason}`;
	switch (kind) {
		case "dead-end": return say`${who} cannot move on, it is a dead-end${why}`;
		case "paused": return say`${who} wait for ${exact(behind ?? "")}, which is paused${why}`;
		case "barrier": return say`${who} did not get through the barrier ${exact(behind ?? "")} in a day${why}`;
		case "offered": return say`${who} did not take ${exact(behind ?? "")} in a day, although it is offered to them`;
		case "not in the graph": return say`${who} do not find themselves in the graph, so they get no update`;
	}
}
function reportLogs(logs, leftOut) {
	const sum = (of) => logs.reduce((total, log) => total + of(log), 0);
	const lines = sum((log) => log.lines);
	const formats = [...new Set(logs.map(({ format }) => format ?? "unknown format"))].join(", ");
	const noted = logs.filter(({ unreadable, cut }) => unreadable > 0 || cut !== void 0);
	const most = 20;
	return {
		headline: `read ${count(lines, "line")} of ${count(logs.length, "log")} (${formats}), with ${count(sum((log) => log.graphs), "request")} for graphs`,
		facts: [
			...noted.slice(0, most).map((log) => ({ warning: noteOf(log) })),
			noted.length > most ? { warning: `${noted.length - most} more logs have lines that could not be read` } : void 0,
			leftOut.future > 0 ? { warning: `${count(leftOut.future, "request")} left out: they are in the future. Check the clocks` } : void 0,
			leftOut.early > 0 ? `${count(leftOut.early, "request")} left out: before the window` : void 0,
			leftOut.otherFleets > 0 ? `${count(leftOut.otherFleets, "request")} left out: of other fleets` : void 0
		]
	};
}
function noteOf({ name, lines, unreadable, firstUnreadable, cut }) {
	const parts = [...unreadable > 0 ? [`${unreadable} of ${count(lines, "line")} could not be read, the first is line ${firstUnreadable}`] : [], ...cut === void 0 ? [] : [`it ends early: ${cut}`]];
	return say`${exact(name)}: ${parts.join("; ")}`;
}
// src/operate/observe/open-log.ts
init_errors();
const chunkSize = 1048576;
/**
* The logs behind paths: a file, all files of a folder, or `-` for standard input. Files in a folder whose name begins
* with a dot are left out.
* @throws InputError if there is none
*/
async function findLogs(paths, stdin) {
	const sources = [];
	for (const path of paths) {
		if (path === "-") {
			sources.push({
				name: "standard input",
				read: () => unpacked("standard input", stdin())
			});
			continue;
		}
		for (const file of await filesBehind(path)) sources.push({
			name: file,
			read: () => unpacked(file, fileChunks(file))
		});
	}
	return sources;
}
async function filesBehind(path) {
	try {
		if (!(await stat(path)).isDirectory()) return [path];
	} catch (error) {
		if (!isMissing(error)) throw new OutsideError(`reading ${path}`, messageOf(error), void 0, { cause: error });
		throw new InputError({
			field: "--log",
			problem: "this file or folder does not exist",
			found: path
		});
	}
	const files = (await readdir(path, {
		recursive: true,
		withFileTypes: true
	})).filter((entry) => entry.isFile() && !entry.name.startsWith(".")).map((entry) => join(entry.parentPath, entry.name)).sort();
	if (files.length > 0) return files;
	throw new InputError({
		field: "--log",
		problem: "no file is in this folder",
		found: path
	});
}
function fileChunks(file) {
	return createReadStream(file, { highWaterMark: chunkSize });
}
/** Unpacks gzip and zstd, which are recognised by their first bytes: names of rotated logs vary. */
async function* unpacked(name, chunks) {
	const iterator = chunks[Symbol.asyncIterator]();
	try {
		const first = await atLeast(iterator, 4);
		const unpacker = unpackerFor(name, first);
		if (unpacker === void 0) {
			if (first.length > 0) yield first;
			yield* rest(iterator);
			return;
		}
		const source = Readable.from(prepended(first, iterator), {
			objectMode: false,
			highWaterMark: chunkSize
		});
		source.on("error", (error) => unpacker.destroy(error));
		yield* source.pipe(unpacker);
	} catch (error) {
		if (error instanceof InputError) throw error;
		throw new OutsideError(`reading ${name}`, messageOf(error), void 0, { cause: error });
	}
}
async function atLeast(iterator, bytes) {
	let found = Buffer.alloc(0);
	while (found.length < bytes) {
		const next = await iterator.next();
		if (next.done === true) break;
		found = found.length === 0 ? next.value : Buffer.concat([found, next.value]);
	}
	return found;
}
async function* rest(iterator) {
	for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}
async function* prepended(first, iterator) {
	yield first;
	yield* rest(iterator);
}
function unpackerFor(name, first) {
	const magic = first.subarray(0, 4).toString("hex");
	if (magic.startsWith("1f8b")) return zlib.createGunzip({ chunkSize });
	if (magic !== "28b52ffd") return void 0;
	const { createZstdDecompress } = zlib;
	if (createZstdDecompress !== void 0) return createZstdDecompress({ chunkSize });
	throw new InputError({
		where: name,
		problem: "this file is packed by zstd, which this version of Node.js cannot unpack",
		found: `Node.js ${process.version}`,
		expected: "Node.js 22.15 or newer",
		remedy: `Or unpack it on the way: zstd -dc ${name} | coxswain observe --log -`
	});
}
// src/operate/observe/salt.ts
init_errors();
/** Gives the salt, for machines that keep no files. */
const saltVariable = "COXSWAIN_OBSERVE_SALT";
/**
* The salt of the hashes of node identifiers: from the environment, or a file that is made once and stays in the cache
* folder of this machine. It is never shown, and is in no result.
* @throws InputError for a salt that could be guessed
*/
async function readSalt(env) {
	const given = env["COXSWAIN_OBSERVE_SALT"] ?? "";
	if (given !== "") {
		if (given.length >= 32) return Buffer.from(given, "utf8");
		throw new InputError({
			field: saltVariable,
			problem: "this salt is too short, so identifiers could be guessed",
			found: `${given.length} characters`,
			expected: `at least 32, such as openssl rand -hex 32 prints`
		});
	}
	const folder = cacheFolder("observe", env);
	const file = join(folder, "salt");
	const known = await readWhole(file);
	if (known !== void 0) return known;
	if (isRehearsal()) return randomBytes(32);
	await makeFolder(folder);
	const made = join(folder, `.salt-${process.pid}-${randomBytes(4).toString("hex")}`);
	await writeFile(made, randomBytes(32), { mode: 384 });
	await chmod(made, 384);
	await link(made, file).catch((error) => {
		if (error.code !== "EEXIST") throw error;
	});
	await unlink(made);
	return await readWhole(file) ?? readSalt(env);
}
async function readWhole(file) {
	try {
		const salt = await readFile(file);
		return salt.length === 32 ? salt : void 0;
	} catch (error) {
		if (isMissing(error)) return void 0;
		throw error;
	}
}
export { observe as a, jsonFields as c, checkWindow as i, findLogs as n, formatNames as o, reportObservation as r, defaultJsonFields as s, readSalt as t };
