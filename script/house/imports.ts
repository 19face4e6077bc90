import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';

/**
 * Reads every import below src/, types included, and checks them against rules.
 * @param root top folder of a checkout
 */
export async function readImports(
  root: string,
  forbidden: readonly IForbiddenRuleType[] = [],
): Promise<ICruiseResult> {
  const { output } = await cruise(['src'], {
    baseDir: root,
    parser: 'swc',
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    doNotFollow: { path: 'node_modules' },
    validate: true,
    ruleSet: { forbidden: [...forbidden] },
  });
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered a text: ${output}`);
  return output;
}

/** The room of a file of src/: its top folder, or its name. */
export function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}
