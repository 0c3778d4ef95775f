import { Injectable } from '@nestjs/common';
import type { Rule, RuleVersion } from '../../domain/rules/rule';
import { isRuleId, ruleById, RULES } from '../../domain/rules/rules';
import { versionAt } from '../../domain/rules/rule';
import { Problem } from '../errors/problem';
import type { ListPage, PageQueryDto } from '../http/paging';
import { decodeCursor, listPage } from '../http/paging';
import { Tenant } from '../http/tenant';
import { readNowMs } from '../persistence/clock';
import type { RuleDto, RuleVersionDto } from './dto/rule.dto';

/** The rules of `domain/`, as they stand at the business time. */
@Injectable()
export class RulesService {
  constructor(private readonly tenant: Tenant) {}

  async list(workspaceId: string, { limit, cursor }: PageQueryDto): Promise<ListPage<RuleDto>> {
    const after = decodeCursor(cursor)?.[0] ?? '';
    const nowMs = await this.tenant.read(workspaceId, readNowMs);
    const found = RULES.filter(({ id }) => id > after).slice(0, limit + 1);
    return listPage(
      found,
      limit,
      (rule) => showRule(rule, nowMs),
      ({ id }) => [id],
    );
  }

  async read(workspaceId: string, id: string): Promise<RuleDto> {
    if (!isRuleId(id)) throw new Problem('NOT_FOUND');
    return showRule(ruleById(id), await this.tenant.read(workspaceId, readNowMs));
  }
}

function showRule({ versions, ...rule }: Rule, nowMs: number): RuleDto {
  const inForce = versionAt({ versions, ...rule }, nowMs);
  return { ...rule, versions: versions.map(showVersion), inForce: inForce && showVersion(inForce) };
}

const showVersion = (version: RuleVersion): RuleVersionDto => ({ ...version });
