import { describeWebhookFuzz } from './describe-webhook-fuzz';

describeWebhookFuzz({ runs: 3_000 });
