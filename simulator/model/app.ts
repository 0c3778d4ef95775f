/** A Meta app: who receives webhooks and signs them. */
export interface App {
  readonly id: string;
  secret: string;
  verifyToken: string;
  /** Where webhooks are posted; none are while it is missing. */
  webhookUrl?: string;
}
