export { campaignWorkflow } from './campaign/campaign.workflow';
export { subscriberWorkflow } from './subscriber/subscriber.workflow';
