export { t as complete } from "./cli-completion.mjs";
