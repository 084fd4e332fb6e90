/** Detects page breaks. A break with several marks counts once. */

export class PageTurns {
  /** True after a page break of the author, until the page has text. */
  isFresh = false;
  #hasText = false;
  /** The number of page breaks within the current row, and within the current cell. */
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

  /** True for a new page. The layout also records the author's breaks, and a break once per cell of a row. */
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

  /** False at the start of a page, because another break would leave it empty. */
  get canTurn(): boolean {
    return this.#hasText && !this.isFresh;
  }
}
