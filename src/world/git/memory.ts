/** How many answers are kept, and how many characters each may have. */
const most = 1000;
const longest = 100_000;

/** The newest short answers of git about objects: objects never change, so an answer stays right. */
export class Memory {
  readonly #answers = new Map<string, string>();

  get(question: string): string | undefined {
    return this.#answers.get(question);
  }

  set(question: string, answer: string): void {
    if (answer.length > longest) return;
    this.#answers.set(question, answer);
    if (this.#answers.size > most) this.#answers.delete(this.#answers.keys().next().value as string);
  }
}
