import { describeWebhookFuzz } from './describe-webhook-fuzz';

describeWebhookFuzz({ runs: 300 });
