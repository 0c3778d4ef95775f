import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DAY_MS, durationMs } from '../../domain/shared/duration';
import { isoTime, isoTimeOrNull } from '../../domain/shared/iso-time';
import type { ClockStatus } from '../clock/clock-status';
import { clockStatus } from '../clock/clock-status';
import { Problem } from '../errors/problem';
import { Tenant } from '../http/tenant';
import { readNowMs } from '../persistence/clock';
import { ClockEntity } from '../persistence/entities';
import type { SandboxClockDto } from './dto/clock.dto';
import type { MoveClockRequestDto } from './dto/move-clock-request.dto';

const CLOCK_ROW = 1;
const FARTHEST_MS = 366 * DAY_MS;

/** The wish for another business time; the worker's driver moves the clock there. */
@Injectable()
export class ClockService {
  constructor(private readonly tenant: Tenant) {}

  read(workspaceId: string): Promise<SandboxClockDto> {
    return this.tenant.read(workspaceId, async (manager) => showClock(await clockStatus(manager)));
  }

  /** @throws Problem 422 when it would go back or too far */
  move(workspaceId: string, body: MoveClockRequestDto): Promise<SandboxClockDto> {
    return this.tenant.transaction(workspaceId, async (manager) => {
      const { targetAt } = await lockClock(manager);
      const nowMs = await readNowMs(manager);
      const target = new Date(targetOf(body, nowMs, targetAt));
      await manager.update(ClockEntity, { id: CLOCK_ROW }, { targetAt: target });
      return showClock({ nowMs, targetMs: target.getTime(), status: 'advancing' });
    });
  }
}

function lockClock(manager: EntityManager): Promise<ClockEntity> {
  return manager.findOneOrFail(ClockEntity, { where: { id: CLOCK_ROW }, lock: { mode: 'pessimistic_write' } });
}

function targetOf({ advance, now }: MoveClockRequestDto, nowMs: number, targetAt: Date | null): number {
  const field = advance === undefined ? 'now' : 'advance';
  if ((advance === undefined) === (now === undefined)) {
    throw Problem.fields({ field: 'advance', reason: 'must be given, or now instead; not both' });
  }
  const fromMs = Math.max(nowMs, targetAt?.getTime() ?? nowMs);
  const targetMs = advance === undefined ? Date.parse(now ?? '') : fromMs + durationMs(advance);
  if (targetMs < fromMs) throw Problem.fields({ field, reason: 'must not lie before the clock: it never goes back' });
  if (targetMs > nowMs + FARTHEST_MS) throw Problem.fields({ field, reason: 'must be at most 366 days ahead' });
  return targetMs;
}

const showClock = ({ nowMs, targetMs, status }: ClockStatus): SandboxClockDto => ({
  now: isoTime(nowMs),
  status,
  target: isoTimeOrNull(targetMs),
});
