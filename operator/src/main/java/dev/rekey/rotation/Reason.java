package dev.rekey.rotation;

/**
 * Why Rekey does what it does, or why it waits. One word for the log line, the event, the
 * condition, the metric label and the test.
 */
public enum Reason {
  Idle(Phase.Idle, Mood.WELL, "Nothing is due."),
  CacheBehind(Phase.Idle, Mood.WELL, "The cache has not seen the newest ledger yet."),
  LedgerStarted(Phase.Idle, Mood.BUSY, "Rekey begins to keep a ledger for the Secret."),
  LedgerRebound(Phase.Idle, Mood.BUSY, "The resource was made anew; its ledger is taken up."),
  Adopting(Phase.Idle, Mood.BUSY, "The key that is in the Secret is taken over."),
  WaitingForTurn(
      Phase.Waiting,
      Mood.BUSY,
      "Only so many rollouts run at once, in a namespace and in the cluster; the rotation begins"
          + " when it is its turn."),
  Beginning(Phase.Minting, Mood.BUSY, "A rotation begins."),
  Minting(Phase.Minting, Mood.BUSY, "A new key is asked for."),
  AwaitingAnswer(Phase.Minting, Mood.BUSY, "An answer of the issuer may still come."),
  TakingIn(Phase.Minting, Mood.BUSY, "The key that a person has brought is taken in."),
  InboxEmptied(Phase.Minting, Mood.BUSY, "What was taken in is removed from the inbox."),
  AnswerLost(Phase.Minting, Mood.BUSY, "No answer came; the key may exist all the same."),
  Sweeping(
      Phase.Minting, Mood.BUSY, "The issuer's list is searched for a key whose answer was lost."),
  Verifying(Phase.Verifying, Mood.BUSY, "The new key is tried before anybody sees it."),
  Publishing(Phase.Publishing, Mood.BUSY, "The key is written to the Secret."),
  SecretDrifted(Phase.Publishing, Mood.BUSY, "Somebody changed the Secret; it is written again."),
  Settling(Phase.Settling, Mood.BUSY, "Kubelets get time to see the Secret as it is now."),
  Rolling(Phase.Rolling, Mood.BUSY, "A workload is restarted."),
  RestartingTogether(
      Phase.Rolling,
      Mood.BUSY,
      "A workload that reads several Secrets is restarted once for all whose keys change within a"
          + " minute."),
  WaitingForConsumers(Phase.Rolling, Mood.BUSY, "Not every pod is ready on the new key yet."),
  Soaking(Phase.Soaking, Mood.BUSY, "Every consumer is on the new key; the old one still works."),
  VerifyingAgain(
      Phase.Soaking, Mood.BUSY, "The new key is tried once more before the old one goes."),
  Condemning(Phase.Revoking, Mood.BUSY, "Nobody needs the old key any more."),
  FirstKeyInUse(Phase.Soaking, Mood.BUSY, "The first key is in use; there is no old one."),
  Deleting(Phase.Revoking, Mood.BUSY, "The key is deleted at its issuer."),
  DeletedByHand(
      Phase.Revoking, Mood.BUSY, "A person says that the key is deleted; Rekey looks if it is."),
  Hurrying(Phase.Rolling, Mood.BUSY, "The old key has leaked; it goes without a soak, in order."),
  LeakedKeyGivenUp(
      Phase.Minting, Mood.BUSY, "The new key has leaked before anybody saw it; it is given up."),
  Guarding(
      Phase.Minting,
      Mood.BUSY,
      "The resource is kept from being deleted while keys are unfinished."),
  Releasing(Phase.Idle, Mood.BUSY, "Nothing is unfinished; the resource may be deleted."),
  FinishingDeletion(
      Phase.Revoking, Mood.BUSY, "The resource is being deleted; what is unfinished is finished."),
  WaitingForReaders(
      Phase.Revoking,
      Mood.BUSY,
      "The resource is being deleted; its key is deleted once nobody reads the Secret any more."),
  Completed(Phase.Idle, Mood.BUSY, "The rotation is over."),

  Abandoned(
      Phase.Held,
      Mood.TROUBLE,
      "The resource was deleted, and not everything could be finished in time. Look for the keys"
          + " named at their issuer, and delete there by hand what nobody needs."),
  InvalidSpec(
      Phase.Held, Mood.TROUBLE, "The resource cannot be followed as it is written. Mend its spec."),
  IntervalBeyondLimit(
      Phase.Held,
      Mood.TROUBLE,
      "The schedule passes the issuer's limit on a key's age. Shorten spec.schedule.interval."),
  IssuerNotFound(
      Phase.Held, Mood.TROUBLE, "The issuer does not exist. Create it, or mend spec.issuerRef."),
  IssuerChanged(
      Phase.Held,
      Mood.TROUBLE,
      "A key is unfinished at an issuer that is gone, was made anew or has another address. Bring"
          + " the issuer back as it was, or delete that key there by hand."),
  IssuerNotAllowed(
      Phase.Held,
      Mood.TROUBLE,
      "The issuer does not serve this namespace. Add it to the issuer's allowedNamespaces."),
  IssuerDeleting(
      Phase.Held,
      Mood.TROUBLE,
      "The issuer is being deleted: what is unfinished there is finished, and no new key is asked"
          + " for. Name another issuer in spec.issuerRef, or create this one again once it is"
          + " gone."),
  IssuerInvalid(Phase.Held, Mood.TROUBLE, "The issuer cannot be used as it is written. Mend it."),
  CredentialMissing(
      Phase.Held,
      Mood.TROUBLE,
      "The issuer's credential is missing. Create the Secret that the issuer names."),
  CredentialRefused(
      Phase.Held,
      Mood.TROUBLE,
      "The issuer refuses Rekey's credential. Put a working one into the Secret that the issuer"
          + " names; Rekey tries again by itself, and at once after an edit of the rotation."),
  NoUsableKey(
      Phase.Held,
      Mood.TROUBLE,
      "The issuer is asked with the key in use, and none works there. Name an issuer with a"
          + " credential of its own in spec.issuerRef until there is a new key, or make a key by"
          + " hand, put it into the Secret and say so in spec.adopt."),
  AddressForbidden(
      Phase.Held,
      Mood.TROUBLE,
      "The operator's configuration forbids requests to the issuer's address. Have it allowed by"
          + " one of REKEY_ISSUERS_ALLOW_PLAIN_HTTP, _LOOPBACK and _PRIVATE_NETWORKS, or name"
          + " another address."),
  RequestRefused(
      Phase.Held,
      Mood.TROUBLE,
      "The issuer refuses the request itself. Mend the issuer's definition or the resource."),
  QuotaReached(
      Phase.Held,
      Mood.TROUBLE,
      "The account has no room for one more key. Delete one that nobody needs."),
  AdoptedKeyUnknown(
      Phase.Held,
      Mood.TROUBLE,
      "The key in the Secret cannot be told from somebody else's at this issuer. Mend"
          + " spec.issuerRef, or spec.adopt.keyId."),
  AwaitingPerson(
      Phase.Minting,
      Mood.TROUBLE,
      "A person is asked for a new key, since the service lets nobody else make one. Make it as the"
          + " message says, and put it into the inbox that is named; the rest goes by itself."),
  PersonOverdue(
      Phase.Minting,
      Mood.TROUBLE,
      "A person was asked for a new key, and the time for it is over. Make it as the message says,"
          + " and put it into the inbox that is named; it is taken as before."),
  InboxUnusable(
      Phase.Minting,
      Mood.TROUBLE,
      "What is in the inbox cannot be taken in. Put there what the message says; nothing is lost."),
  TurnOverdue(
      Phase.Waiting,
      Mood.TROUBLE,
      "The latest safe moment to begin is past, and it is not the rotation's turn yet: the limit on"
          + " rollouts at once holds all the same. Look at the rollouts that do not get on, or"
          + " raise REKEY_ROLLOUTS_AT_ONCE_PER_NAMESPACE or REKEY_ROLLOUTS_AT_ONCE."),
  SecretMissing(
      Phase.Held,
      Mood.TROUBLE,
      "The Secret does not exist and creationPolicy is Merge. Create it, or use Create."),
  SecretUnsuitable(
      Phase.Held, Mood.TROUBLE, "The Secret's type is not one that Rekey writes to. Use Opaque."),
  SecretImmutable(
      Phase.Held,
      Mood.TROUBLE,
      "The Secret is immutable, so no new key can be put into it, and none is asked for. Delete it"
          + " and make it again without immutable: true."),
  SecretContested(
      Phase.Held,
      Mood.TROUBLE,
      "Somebody changes the Secret again and again; Rekey repairs it ever more rarely. Find out who"
          + " else writes it, and stop that."),
  SecretHoldsOldKey(
      Phase.Held,
      Mood.TROUBLE,
      "The Secret shows the old key under a data key that Rekey does not write, so pods may start"
          + " on it. Remove that data key, or name it in spec.secret.data."),
  SecretNotOurs(
      Phase.Held,
      Mood.TROUBLE,
      "The Secret holds a value that Rekey did not write. Say so in spec.adopt, or name another."),
  Suspended(
      Phase.Held,
      Mood.WELL,
      "spec.suspend is true: Rekey only looks. Write suspend: false to have it go on."),
  RevokingNow(
      Phase.Revoking, Mood.BUSY, "A person has named this key: it is deleted, whoever holds it."),
  KeyUnknown(
      Phase.Held,
      Mood.TROUBLE,
      "An annotation names a key that Rekey does not know of. Write the id that status shows."),
  SecretClaimed(
      Phase.Held, Mood.TROUBLE, "Another resource rotates this Secret. Delete one of the two."),
  ForeignLedger(
      Phase.Held,
      Mood.TROUBLE,
      "The ledger was written for another cluster. Nothing is touched. Annotate the resource with"
          + " rekey.dev/takeover and the lineage that is named, if this cluster is to go on with"
          + " the key in use."),
  TakingOver(
      Phase.Idle,
      Mood.BUSY,
      "The key in use is taken over from another cluster; whatever else its ledger knows is left to"
          + " a person."),
  LedgerBehind(
      Phase.Idle,
      Mood.BUSY,
      "The ledger is older than the Secret or a stamp, as after a restore. The key in the Secret is"
          + " taken over; whatever else the ledger knows is left to a person, and nothing is"
          + " deleted."),
  Downgraded(
      Phase.Held,
      Mood.TROUBLE,
      "The ledger was written by a newer Rekey. Nothing is touched; upgrade the operator."),
  LedgerUnreadable(
      Phase.Held,
      Mood.TROUBLE,
      "The ledger cannot be read. Nothing is touched; restore it, or delete it to adopt the key"
          + " that is in the Secret."),
  IssuerUnreachable(
      Phase.Held, Mood.TROUBLE, "The issuer cannot be reached. Rekey tries again by itself."),
  IssuerTimedOut(
      Phase.Held, Mood.TROUBLE, "The issuer did not answer in time. Rekey tries again by itself."),
  IssuerThrottled(
      Phase.Held, Mood.TROUBLE, "The issuer asks for fewer requests. Rekey waits as long as told."),
  IssuerFailed(Phase.Held, Mood.TROUBLE, "The issuer failed. Rekey tries again by itself."),
  AnswerNotUnderstood(
      Phase.Held,
      Mood.TROUBLE,
      "The issuer's answer is not what the issuer's definition says. Compare the two."),
  KeyNotAccepted(
      Phase.Verifying,
      Mood.TROUBLE,
      "The issuer does not accept the new key. Nobody has seen it; the old one stays in use."),
  StampContested(
      Phase.Rolling,
      Mood.TROUBLE,
      "Somebody takes Rekey's stamp off a workload's template again and again; Rekey restarts it"
          + " ever more rarely. Find out who else writes that template, and have annotations of"
          + " rekey.dev left alone."),
  WorkloadPaused(
      Phase.Rolling,
      Mood.TROUBLE,
      "A paused Deployment does not move its pods to the new key, and a paused Rollout may not."
          + " Resume it; both keys work until then."),
  RestartLater(
      Phase.Rolling,
      Mood.TROUBLE,
      "A Rollout is to be restarted at a time that is still to come, as its spec.restartAt says,"
          + " and Rekey does not put that back. Restart it by hand, or wait; both keys work until"
          + " then."),
  UpdatesOnDelete(
      Phase.Rolling,
      Mood.TROUBLE,
      "A workload with the update strategy OnDelete replaces pods only when somebody deletes them."
          + " Delete the pods that are named; both keys work until then."),
  PartitionedRollout(
      Phase.Rolling,
      Mood.TROUBLE,
      "A StatefulSet with a partition keeps its lower pods as they are. Lower the partition to 0;"
          + " both keys work until then."),
  BarePod(
      Phase.Rolling,
      Mood.TROUBLE,
      "A pod that belongs to nobody is not started anew by anybody. Delete it, or make it anew;"
          + " both keys work until then."),
  RunningJob(
      Phase.Rolling,
      Mood.BUSY,
      "A Job that runs is not restarted. Let it finish, or delete it; both keys work until then."),
  BareReplicaSet(
      Phase.Rolling,
      Mood.TROUBLE,
      "A ReplicaSet or ReplicationController without a Deployment does not replace its pods. Delete"
          + " the pods that are named; both keys work until then."),
  OtherController(
      Phase.Rolling,
      Mood.TROUBLE,
      "A pod belongs to something that Rekey does not restart: another kind of workload, or one"
          + " whose template does not read the Secret. Restart it as that is restarted; both keys"
          + " work until then."),
  VolumeReadsSecret(
      Phase.Rolling,
      Mood.TROUBLE,
      "A pod mounts a PersistentVolume that refers to the Secret, and Rekey cannot see when its"
          + " storage goes on with the new key. Have the volume mounted anew by restarting the pod"
          + " by hand; both keys work until then."),
  NodeUnreachable(
      Phase.Rolling,
      Mood.TROUBLE,
      "A pod does not end, for its node does not answer. Bring the node back, or, once it is surely"
          + " off, taint it node.kubernetes.io/out-of-service; both keys work until then."),
  NotListed(
      Phase.Rolling,
      Mood.TROUBLE,
      "A pod belongs to a workload that spec.rollout.workloads does not name. Restart it by hand;"
          + " both keys work until then."),
  NotReloaded(
      Phase.Rolling,
      Mood.TROUBLE,
      "A pod takes the key once when it starts, and strategy None restarts nobody. Restart it by"
          + " hand; both keys work until then."),
  UnhealthyBefore(
      Phase.Rolling,
      Mood.WARNING,
      "A workload was not well before the rotation began, and is waited for as the others are. Look"
          + " at its pods; both keys work until then."),
  RestartedTwice(
      Phase.Rolling,
      Mood.WARNING,
      "Stakater Reloader restarts a workload as soon as the Secret changes, and Rekey restarts it"
          + " once more when kubelets have seen the change. Annotate the Secret with"
          + " reloader.stakater.com/ignore: \"true\", and Rekey alone restarts it."),
  SecretCopied(
      Phase.Rolling,
      Mood.WARNING,
      "The Secret is copied to other places, and Rekey does not see who reads a copy. Write as"
          + " spec.rollout.minOverlap how long copies and their readers need to follow; the old key"
          + " is kept for that long at least."),
  CurrentKeyNotAccepted(
      Phase.Soaking,
      Mood.TROUBLE,
      "The issuer no longer accepts the key that is in use, so the old one stays. Look at the"
          + " issuer."),
  ConsumersStuck(
      Phase.Rolling,
      Mood.TROUBLE,
      "No pod moved to the new key for too long. Both keys work; look at the pods named."),
  RollingBack(
      Phase.Publishing,
      Mood.TROUBLE,
      "Pods that were well before do not get ready on the new key, so the old one is written to the"
          + " Secret again. Look at the pods named; Rekey tries again later, and at once after an"
          + " edit of the resource or a new value of rekey.dev/rotate."),
  RolledBack(
      Phase.Held,
      Mood.TROUBLE,
      "The last rotation was taken back, since pods did not get ready on the new key. Rekey tries"
          + " again later, and at once after an edit of the resource or a new value of"
          + " rekey.dev/rotate."),
  LeftToPerson(
      Phase.Idle,
      Mood.TROUBLE,
      "A key may still work that Rekey does not delete. Look for it at its issuer, and delete it"
          + " there by hand."),
  PossibleOrphan(
      Phase.Held,
      Mood.TROUBLE,
      "A key may have been made whose answer was lost, and Rekey cannot tell which it is. Look for"
          + " it at the issuer, delete it there by hand, and then ask again with a new value of"
          + " rekey.dev/rotate where the rotation waits."),
  NotRevoked(
      Phase.Revoking,
      Mood.TROUBLE,
      "The issuer says the key is deleted, yet it still works. Rekey tries again; look at the"
          + " issuer."),
  DeleteByHand(
      Phase.Revoking,
      Mood.TROUBLE,
      "The id of the old key is not known, or may be another key's by now. Look at the issuer, and"
          + " delete it there by hand if it is still there."),
  AwaitingDeletion(
      Phase.Revoking,
      Mood.TROUBLE,
      "A person is asked to delete the old key, since the service lets nobody else do it. Nothing"
          + " uses it any more; delete it as the message says."),
  OldKeyLeft(
      Phase.Revoking,
      Mood.TROUBLE,
      "spec.revocation.policy is Manual: the old key works until somebody deletes it at its issuer."
          + " Delete it there by hand once nothing uses it any more."),
  Expired(
      Phase.Held,
      Mood.TROUBLE,
      "The key in the Secret has expired; what is said beside it is why it was not replaced in"
          + " time.");

  /** Who is to be told, and whether {@code Ready} holds. */
  public enum Mood {
    /** All is well and nothing moves. */
    WELL,
    /** Rekey is at work. */
    BUSY,
    /** Nothing is wrong yet, and a person may want to know before: {@code Warned} is True. */
    WARNING,
    /** Something is wrong that a person should know of: {@code Ready} is False. */
    TROUBLE
  }

  private final Phase phase;
  private final Mood mood;
  private final String sentence;

  Reason(Phase phase, Mood mood, String sentence) {
    this.phase = phase;
    this.mood = mood;
    this.sentence = sentence;
  }

  /** The phase that a rotation is in while this is the reason. */
  public Phase phase() {
    return phase;
  }

  /** Whether all is well. */
  public Mood mood() {
    return mood;
  }

  /** Who has to act before what failed for this reason can go well. */
  public Actor actor() {
    return switch (this) {
      case IssuerUnreachable, IssuerTimedOut, IssuerThrottled, IssuerFailed -> Actor.NOBODY;
      case CredentialMissing, CredentialRefused, QuotaReached, AddressForbidden -> Actor.ACCOUNT;
      default -> Actor.USER;
    };
  }

  /** What it means and, where something is wrong, what to do. */
  public String sentence() {
    return sentence;
  }
}
