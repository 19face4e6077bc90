/**
 * The address of a page of the documentation, for messages: the program is also used where this repository is not.
 * @param page file name in docs/
 */
export function documentation(page: string): string {
  return `https://github.com/coxswain-os/coxswain/blob/main/docs/${page}`;
}
