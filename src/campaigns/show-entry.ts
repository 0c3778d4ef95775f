import { present } from '../http/present';
import type { BudgetEntryEntity } from '../persistence/entities';
import type { LedgerEntryDto } from './dto/ledger-entry.dto';

/** A movement of money as the API shows it. */
export const showEntry = ({ id, kind, amountMinor, sendId, at }: BudgetEntryEntity): LedgerEntryDto =>
  present({ id, kind, amountMinor, sendId, at: at.toISOString() });
