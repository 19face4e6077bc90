import { t as __commonJSMin } from "./rolldown-runtime.mjs";
// node_modules/shebang-regex/index.js
var require_shebang_regex = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = /^#!(.*)/;
}));
export { require_shebang_regex as t };
