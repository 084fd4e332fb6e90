/** Where pages begin, each counted once, though several marks may say so. */

export class PageTurns {
  /** The author began a page, and nothing stands on it yet. */
  isFresh = false;
  #hasText = false;
  /** Pages that began within the row of a table, and within its cell. */
  #ofRow = 0;
  #ofCell = 0;

  onText(): void {
    this.isFresh = false;
    this.#hasText = true;
  }

  onParagraph(): void {
    this.#hasText = true;
  }

  onTurn(isRendered: boolean): void {
    this.isFresh = !isRendered;
  }

  /** A program that lays the document out notes the author's breaks too, and each cell that goes on. */
  isNew(isInCell: boolean): boolean {
    const isNoted = this.isFresh;
    this.isFresh = false;
    if (!isInCell) return !isNoted;
    this.#ofCell++;
    if (this.#ofCell <= this.#ofRow) return false;
    this.#ofRow = this.#ofCell;
    return !isNoted;
  }

  beginRow(): void {
    this.#ofRow = 0;
    this.#ofCell = 0;
  }

  beginCell(): void {
    this.#ofCell = 0;
  }

  /** False at the start of a page, where another one would be empty. */
  get canTurn(): boolean {
    return this.#hasText && !this.isFresh;
  }
}
