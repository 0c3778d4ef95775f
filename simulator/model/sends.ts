import { Table } from '../store/table';
import type { Send } from './send';

/** Every message the platform accepted, by campaign and by person too. */
export class Sends {
  readonly table: Table<Send>;
  private readonly byCampaign = new Map<string, Send[]>();
  private readonly newestPaid = new Map<string, Send>();

  constructor(onChange: () => void) {
    this.table = new Table('sends', onChange);
  }

  resume(): void {
    for (const send of this.table.values()) this.index(send);
  }

  get(id: string): Send | undefined {
    return this.table.get(id);
  }

  add(send: Send): void {
    this.table.put(send);
    this.index(send);
  }

  put(send: Send): void {
    this.table.put(send);
  }

  all(): Iterable<Send> {
    return this.table.values();
  }

  ofCampaign(campaignId: string): readonly Send[] {
    return this.byCampaign.get(campaignId) ?? [];
  }

  /** The newest paid message a person was sent. */
  newestPaidTo(personId: string): Send | undefined {
    return this.newestPaid.get(personId);
  }

  clear(): void {
    this.table.clear();
    this.byCampaign.clear();
    this.newestPaid.clear();
  }

  removeOfPage(pageId: string): void {
    for (const send of this.table.values()) {
      if (send.pageId !== pageId) continue;
      this.table.delete(send.id);
      this.newestPaid.delete(send.personId);
      if (send.campaignId !== undefined) this.byCampaign.delete(send.campaignId);
    }
  }

  private index(send: Send): void {
    if (send.kind !== 'paid' || send.campaignId === undefined) return;
    const sends = this.byCampaign.get(send.campaignId);
    if (sends) sends.push(send);
    else this.byCampaign.set(send.campaignId, [send]);
    if (send.status !== 'refused') this.newestPaid.set(send.personId, send);
  }
}
