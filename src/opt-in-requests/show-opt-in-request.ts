import { subscriberWorkflowId } from '../../workflows/shared/names';
import { isoOf, present } from '../http/present';
import type { OptInRequestEntity } from '../persistence/entities';
import type { OptInRequestDto } from './dto/opt-in-request.dto';

/** A request as the API shows it. */
export const showOptInRequest = (request: OptInRequestEntity): OptInRequestDto =>
  present({
    id: request.id,
    subscriberId: request.subscriberId,
    topicId: request.topicId,
    state: request.state,
    ruleId: request.ruleId,
    facts: request.facts,
    allowedAt: isoOf(request.allowedAt),
    errorCode: request.errorCode,
    requestedAt: request.requestedAt.toISOString(),
    askedAt: isoOf(request.askedAt),
    expiresAt: isoOf(request.expiresAt),
    workflowId: subscriberWorkflowId(request.pageId, request.subscriberId),
  });
