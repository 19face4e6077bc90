import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The site is made of the same files that people read on GitHub: script/site.

const repository = 'https://github.com/coxswain-os/coxswain';
const start = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');

/** The rows of the tables of docs/README.md are the side bar: one list for both. */
function sideBar() {
  const parts = start.split(/\n(?=\| I want to … \| read \|)/).slice(1);
  const titles = ['By task', 'In depth', 'To look up', 'For developers'];
  return parts.map((part, index) => ({
    text: titles[index],
    items: [...part.matchAll(/\[([^\]]+)\]\(((?!\.\.)[\w/.-]+)\.md\)/g)].map(([, text, path]) => ({
      text,
      link: `/${path.replace(/README$/, '')}`,
    })),
  }));
}

export default {
  title: 'Coxswain',
  description: 'GitOps for derived Fedora CoreOS images',
  base: '/coxswain/',
  rewrites: { 'README.md': 'index.md', ':folder/README.md': ':folder/index.md' },
  cacheDir: '../node_modules/.cache/vitepress',
  // Links out of docs/ lead to files of the repository.
  markdown: {
    config: (md) => {
      // Braces of templates are not expressions of the site's generator.
      md.renderer.rules.code_inline = (tokens, at) =>
        `<code v-pre>${md.utils.escapeHtml(tokens[at].content)}</code>`;
      md.core.ruler.push('repository-links', (state) => {
        for (const token of state.tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.type === 'link_open' ? token.attrGet('href') : null;
          const [, path] = /^(?:\.\.\/)+(.*)$/.exec(href ?? '') ?? [];
          const depth = (href?.match(/\.\.\//g) ?? []).length;
          const inDocs = state.env.relativePath?.split('/').length ?? 1;
          if (path !== undefined && depth >= inDocs) token.attrSet('href', `${repository}/blob/main/${path}`);
        }
      });
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: sideBar(),
    socialLinks: [{ icon: 'github', link: repository }],
  },
};
