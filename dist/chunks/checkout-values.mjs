export { n as fleets, r as versions } from "./cli-completion.mjs";
