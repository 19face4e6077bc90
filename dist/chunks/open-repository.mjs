export { t as openGitHubRepository } from "./github.mjs";
