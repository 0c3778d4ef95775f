/**
 * Finds or creates the people of opt-outs, locks them in the order of their ids, moves the consent register
 * (newer wins, equal times: the opt-out wins), writes the proof and wakes each workflow; a row for every event. One that
 * comes after a later opt-in still ends the topics of before, as it would have in the other order, and Meta is not told.
 * A person from a contact list is known by token only: an event with PSID and token tells that both are one person, so
 * the PSID is written at them, and where each already has a row of its own, both have left.
 */
const APPLY_OPT_OUTS = `
CREATE FUNCTION apply_opt_outs(events jsonb)
  RETURNS TABLE (inbox_id uuid, subscriber_id uuid, applied boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  event jsonb;
  person uuid;
  holder uuid;
  people jsonb := '[]';
  register timestamptz;
  before text;
  happened timestamptz;
  counts boolean;
BEGIN
  FOR event IN SELECT value FROM jsonb_array_elements(events) LOOP
    person := NULL;
    holder := NULL;
    IF event->>'subscriberId' IS NOT NULL THEN
      SELECT id INTO person FROM subscribers
       WHERE id = (event->>'subscriberId')::uuid AND workspace_id = (event->>'workspaceId')::uuid;
    END IF;
    IF event->>'tokenHash' IS NOT NULL THEN
      SELECT subscriber_id INTO holder FROM subscriber_tokens
       WHERE page_id = (event->>'pageId')::uuid AND hash = decode(event->>'tokenHash', 'hex');
    END IF;
    IF person IS NULL AND event->>'psidHash' IS NOT NULL THEN
      INSERT INTO subscriber_identities (page_id, kind, hash, workspace_id, subscriber_id)
      VALUES ((event->>'pageId')::uuid, 'psid', decode(event->>'psidHash', 'hex'), (event->>'workspaceId')::uuid,
              COALESCE(holder, (event->>'newSubscriberId')::uuid))
      ON CONFLICT DO NOTHING RETURNING subscriber_id INTO person;
      IF person IS NULL THEN
        SELECT subscriber_id INTO person FROM subscriber_identities
         WHERE page_id = (event->>'pageId')::uuid AND kind = 'psid' AND hash = decode(event->>'psidHash', 'hex');
      ELSIF holder IS NULL THEN
        INSERT INTO subscribers (id, workspace_id, page_id, psid_sealed, source)
        VALUES (person, (event->>'workspaceId')::uuid, (event->>'pageId')::uuid, decode(event->>'psidSealed', 'hex'), 'wrote');
      END IF;
    END IF;
    IF person IS NOT NULL THEN
      people := people || jsonb_build_object('person', person, 'event', event);
    END IF;
    IF holder IS NOT NULL AND holder IS DISTINCT FROM person THEN
      people := people || jsonb_build_object('person', holder, 'event', event || jsonb_build_object(
        'consentEventId', gen_random_uuid(), 'wakeId', gen_random_uuid(), 'unsubscribeId', NULL, 'psidSealed', NULL));
    END IF;
  END LOOP;

  PERFORM 1 FROM subscribers
    WHERE id IN (SELECT (value->>'person')::uuid FROM jsonb_array_elements(people)) ORDER BY id FOR NO KEY UPDATE;

  FOR person, event IN
    SELECT (value->>'person')::uuid, value->'event' FROM jsonb_array_elements(people)
     ORDER BY (value->>'person')::uuid, value->'event'->>'at'
  LOOP
    happened := (event->>'at')::timestamptz;
    SELECT consent_at, consent INTO register, before FROM subscribers WHERE id = person;
    counts := register IS NULL OR happened > register OR (happened = register AND before <> 'revoked');
    IF event->>'psidSealed' IS NOT NULL THEN
      UPDATE subscribers SET psid_sealed = decode(event->>'psidSealed', 'hex')
       WHERE id = person AND workspace_id = (event->>'workspaceId')::uuid AND psid_sealed IS NULL;
    END IF;
    IF counts THEN
      UPDATE subscribers SET consent = 'revoked', consent_at = happened, rev = rev + 1, updated_at = now()
       WHERE id = person AND workspace_id = (event->>'workspaceId')::uuid;
    END IF;
    UPDATE subscriber_topics SET ended_at = happened
     WHERE subscriber_id = person AND ended_at IS NULL AND opted_in_at <= happened;
    INSERT INTO consent_events (id, workspace_id, page_id, subscriber_id, kind, source, occurred_at, applied, inbox_id)
    VALUES ((event->>'consentEventId')::uuid, (event->>'workspaceId')::uuid, (event->>'pageId')::uuid, person, 'opt_out',
            event->>'source', happened, counts, (event->>'inboxId')::uuid);
    IF counts THEN
      INSERT INTO waits (owner_id, workspace_id, page_id, kind, wake_seq)
      VALUES (person, (event->>'workspaceId')::uuid, (event->>'pageId')::uuid, 'subscriber', 1)
      ON CONFLICT (owner_id) DO UPDATE SET wake_seq = waits.wake_seq + 1;
      INSERT INTO outbox (id, workspace_id, kind, lane, owner_id, page_id, body)
      VALUES ((event->>'wakeId')::uuid, (event->>'workspaceId')::uuid, 'wake', 'temporal', person, (event->>'pageId')::uuid,
              jsonb_build_object('ownerKind', 'subscriber', 'signal', 'optedOut',
                                 'args', jsonb_build_object('at', event->>'at', 'source', event->>'source')));
    END IF;
    IF counts AND event->>'unsubscribeId' IS NOT NULL THEN
      INSERT INTO outbox (id, workspace_id, kind, lane, owner_id, page_id, body)
      VALUES ((event->>'unsubscribeId')::uuid, (event->>'workspaceId')::uuid, 'unsubscribe', 'graph', person,
              (event->>'pageId')::uuid, '{}');
    END IF;
    inbox_id := (event->>'inboxId')::uuid;
    subscriber_id := person;
    applied := counts;
    RETURN NEXT;
  END LOOP;
  PERFORM pg_notify('herald_outbox', '') WHERE jsonb_array_length(people) > 0;
END $$`;

/** The key of an API request: the one look-up that happens before the tenant is known. */
const FIND_API_KEY = `
CREATE FUNCTION find_api_key(wanted text)
  RETURNS TABLE (id uuid, workspace_id uuid, secret_hash bytea, scopes text[], expires_at timestamptz, revoked_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, workspace_id, secret_hash, scopes, expires_at, revoked_at FROM api_keys WHERE prefix = wanted
$$`;

/**
 * The workspaces a Meta Page is connected to, was, or is being; with their own opt-out words. A connecting that has not
 * come to its end within a minute, wall clock, has died.
 */
const FIND_PAGES = `
CREATE FUNCTION find_pages(meta_page_ids text[])
  RETURNS TABLE (page_id uuid, workspace_id uuid, meta_page_id text, opt_out_words text[], standing text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, workspace_id, meta_page_id, opt_out_words, standing
    FROM (SELECT *, CASE WHEN disconnected_at IS NULL THEN 'connected'
                         WHEN restriction_reason = 'connecting' THEN 'connecting'
                         ELSE 'disconnected' END AS standing
            FROM pages WHERE meta_page_id = ANY(meta_page_ids)) known
   WHERE standing <> 'connecting' OR updated_at > now() - interval '1 minute'
$$`;

/** Makes the inbox's partitions of today and the next days; rows of a day without one go to the default. */
const PREPARE_INBOX_DAYS = `
CREATE FUNCTION prepare_inbox_days(ahead integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first date;
BEGIN
  FOR first IN SELECT generate_series(CURRENT_DATE + 1, CURRENT_DATE + ahead, '1 day')::date LOOP
    EXECUTE format('CREATE TABLE IF NOT EXISTS inbox_%s PARTITION OF inbox FOR VALUES FROM (%L) TO (%L)',
                   to_char(first, 'YYYYMMDD'), first, first + 1);
  END LOOP;
END $$`;

/** Drops whole days of an inbox whose events were all applied longer ago than the retention. */
const DROP_INBOX_DAYS = `
CREATE FUNCTION drop_inbox_days(keep integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  partition record;
  pending boolean;
  dropped integer := 0;
BEGIN
  FOR partition IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'inbox'::regclass AND c.relname ~ '^inbox_\\d{8}$'
       AND to_date(right(c.relname, 8), 'YYYYMMDD') < CURRENT_DATE - keep
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE done_at IS NULL OR state = ''applied'')', partition.relname) INTO pending;
    IF NOT pending THEN
      EXECUTE format('DROP TABLE %I', partition.relname);
      dropped := dropped + 1;
    END IF;
  END LOOP;
  RETURN dropped;
END $$`;

/** Functions that run with the owner's rights for roles that could not do it themselves. */
export const FUNCTIONS: readonly string[] = [
  APPLY_OPT_OUTS,
  FIND_API_KEY,
  FIND_PAGES,
  PREPARE_INBOX_DAYS,
  DROP_INBOX_DAYS,
];
