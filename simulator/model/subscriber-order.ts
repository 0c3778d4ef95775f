/** The people of a Page's token list by their last change; positions are the list's cursors. */
export class SubscriberOrder {
  private ids: (string | undefined)[] = [];
  private readonly positions = new Map<string, number>();

  moveToEnd(personId: string): void {
    const position = this.positions.get(personId);
    if (position !== undefined) this.ids[position] = undefined;
    this.positions.set(personId, this.ids.length);
    this.ids.push(personId);
  }

  /** Person ids from `position` on, each with the position that follows it. */
  *from(position: number): Generator<readonly [personId: string, next: number]> {
    for (let index = position; index < this.ids.length; index++) {
      const personId = this.ids[index];
      if (personId !== undefined) yield [personId, index + 1];
    }
  }
}
