import type { AutomationEntity } from '../persistence/entities';
import type { Envelope } from '../security/envelope';
import { openSteps, stepsOfAutomation } from '../sequences/steps';
import type { AutomationDto } from './dto/automation.dto';
import type { StepDto } from './dto/step.dto';
import type { TriggerDto } from './dto/trigger.dto';

/** An automation as the API shows it, its steps opened. */
export const showAutomation = (envelope: Envelope, automation: AutomationEntity): AutomationDto => ({
  id: automation.id,
  name: automation.name,
  pageIds: automation.pageIds,
  enabled: automation.enabled,
  trigger: automation.trigger as unknown as TriggerDto,
  steps: [...openSteps(envelope, automation.stepsSealed, stepsOfAutomation(automation.id))] as StepDto[],
  createdAt: automation.createdAt.toISOString(),
  updatedAt: automation.updatedAt.toISOString(),
});
