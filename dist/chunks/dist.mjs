import "./clack-core.mjs";
export { f as select, h as text } from "./clack-prompts.mjs";
