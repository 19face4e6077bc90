export { n as openGitHubForge } from "./github.mjs";
