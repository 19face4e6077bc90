/**
 * The address of a page of the documentation, for messages: most users of the program do not have this repository.
 * @param page file name in docs/
 */
export function documentation(page: string): string {
  return `https://github.com/coxswain-os/coxswain/blob/main/docs/${page}`;
}
