package dev.rekey.plan;

import dev.rekey.rotation.Cause;
import dev.rekey.rotation.Consumers.WorkloadRef;
import dev.rekey.rotation.Run;
import dev.rekey.rotation.Stamp;
import dev.rekey.rotation.Warning;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One thing to do. Each may be done again after a crash in the middle of it. */
public sealed interface Step {

  /** On how much it must be decided: it cannot be undone, or an old cache would provoke it. */
  default Basis basis() {
    return Basis.CACHES;
  }

  /** Make an empty ledger. */
  record StartLedger() implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Take up the ledger of a resource that is gone. */
  record Rebind() implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Go on with the key in use of another cluster's ledger, and with nothing else of it. */
  record TakeOver() implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Begin the ledger anew, since others have gone on without it; nothing is deleted. */
  record StartOver() implements Step {
    /** A cache that is behind must not look like a restored backup. */
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Keep the resource from being deleted, since something is unfinished or about to be. */
  record Guard() implements Step {}

  /** Let the resource be deleted. */
  record Release() implements Step {
    /** A cache that is behind must not look like nothing to do. */
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Decide that every key will be deleted: the resource goes, and nobody reads the Secret. */
  record RevokeAll() implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Give up the rotation under way, since its resource is being deleted. */
  record Abort() implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Name to a person what could not be finished before the resource goes. */
  record Abandon() implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Take over the key that is in the Secret. */
  record Adopt() implements Step {
    /** A cache that has not seen the newest publication would name the key before it. */
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Write down that a rotation begins. */
  record Begin(Cause cause) implements Step {
    /** One for a resource that is gone would leave a key that nobody looks after. */
    @Override
    public Basis basis() {
      return Basis.COMPARED;
    }
  }

  /** Open an attempt, ask the issuer once, and write down what came of it. */
  record Mint() implements Step {
    @Override
    public Basis basis() {
      return Basis.LEDGER;
    }
  }

  /** Take the key that a person has brought for this attempt, and then remove it from the inbox. */
  record TakeIn(String attempt) implements Step {
    @Override
    public Basis basis() {
      return Basis.LEDGER;
    }
  }

  /** Remove from the inbox what was taken in before. */
  record EmptyInbox() implements Step {
    /** A ledger from a cache that is behind must not take a new key for one that it has. */
    @Override
    public Basis basis() {
      return Basis.LEDGER;
    }
  }

  /** Write down that a person says that a condemned key is deleted, as this token tells. */
  record NoteDeleted(String key, String token) implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Write down that an attempt's answer will not come any more. */
  record MarkLost(String attempt) implements Step {}

  /** Search the issuer's list for the key of a lost attempt, and condemn it. */
  record Sweep(String attempt) implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Show the key to the issuer, and write down what it says. */
  record Verify(String key) implements Step {}

  /** Decide the publication of a key. */
  record Publish(String key) implements Step {
    /** A restored ledger may not know that the number of that publication was given before. */
    @Override
    public Basis basis() {
      return Basis.COMPARED;
    }
  }

  /** Decide to publish what was published last once more, since the Secret was changed. */
  record Republish() implements Step {
    /** A cache that has not seen our own write yet must not look like somebody's edit. */
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Bring the Secret to the newest publication, and write down when that was. */
  record WriteSecret() implements Step {
    /** A ledger from a cache that is behind would put an older key back into the Secret. */
    @Override
    public Basis basis() {
      return Basis.OWN_LEDGER;
    }
  }

  /** Decide to publish the old key again, and to take the new one back. */
  record RollBack(String newKey, String oldKey) implements Step {
    /** A pod that has become ready since must be seen. */
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Tell what will not go by itself, and write down that it was told. */
  record Warn(List<Warning> warnings) implements Step {
    public Warn {
      warnings = List.copyOf(warnings);
    }
  }

  /** Write down which workloads are well before the first restart. */
  record NoteHealth(List<String> workloads) implements Step {
    public NoteHealth {
      workloads = List.copyOf(workloads);
    }
  }

  /** Write down that what this token asks for needs nothing more. */
  record Handle(String token) implements Step {}

  /**
   * Take the waits out of the rotation under way.
   *
   * @param token what is followed by that; absent where more is to follow
   */
  record Hurry(Optional<String> token) implements Step {}

  /** Decide that a key that nobody has seen will be deleted, as this token asks for. */
  record GiveUp(String key, String token) implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Decide that a key will be deleted whoever holds it, as this token asks for. */
  record RevokeNow(String key, String token) implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /**
   * Put a stamp on a workload's pod template.
   *
   * @param workload which
   * @param stamp the stamp of the Secret that is rotated
   * @param beside the stamps of other Secrets that it gets in the same write, by their names
   */
  record StampWorkload(WorkloadRef workload, Stamp stamp, Map<String, Stamp> beside)
      implements Step {
    public StampWorkload {
      beside = Map.copyOf(beside);
    }

    /** Nothing is restarted for a publication that others have overtaken. */
    @Override
    public Basis basis() {
      return Basis.OWN_LEDGER;
    }
  }

  /**
   * Tell an Argo Rollout to replace every pod that is older than a time.
   *
   * @param rollout which
   * @param at the time
   * @param beside the other Secrets that this restart is for as well
   */
  record RestartRollout(WorkloadRef rollout, Instant at, List<String> beside) implements Step {
    public RestartRollout {
      beside = List.copyOf(beside);
    }

    /** Nothing is restarted for a publication that others have overtaken. */
    @Override
    public Basis basis() {
      return Basis.OWN_LEDGER;
    }
  }

  /** Delete a pod that keeps its StatefulSet from going back to the old key. */
  record DeletePod(String name, String uid) implements Step {
    /** A pod that has become ready since must be seen. */
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Write down how far the consumers are. */
  record NoteProgress(Run.Progress progress) implements Step {}

  /** Decide that a key will be deleted. Point of no return. */
  record Condemn(String key) implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /**
   * Write down that a key is out of use and left to a person: nobody knows its id, or people delete
   * keys.
   */
  record Retire(String key) implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** The first key of all is in use. */
  record SettleIn(String key) implements Step {}

  /** Ask the issuer to delete a condemned key, and write down what it says. */
  record Delete(String key) implements Step {
    @Override
    public Basis basis() {
      return Basis.EVERYTHING;
    }
  }

  /** Forget a condemned key that is known to be gone. */
  record Forget(String key) implements Step {}

  /** Write down that the rotation is over. */
  record Complete() implements Step {}
}
