import { Construct } from 'constructs';
import { checkSecretName } from '../../workload/checks';
import { declared, SecretContents } from '../secret-contents';
import { checkContents, SecretKind, SecretRequest } from '../secret-kind';

/** A Secret that somebody else makes. */
export class ExistingSecret implements SecretKind {
  public readonly ownName: string;

  constructor(name: string, private readonly holds?: SecretContents) {
    this.ownName = name;
  }

  public check(scope: Construct, { prop }: SecretRequest): SecretContents {
    checkSecretName(scope, prop, this.ownName);
    checkContents(scope, `${prop}.holds`, this.holds);
    return declared({}, this.holds);
  }

  public render(): { secretName: string } {
    return { secretName: this.ownName };
  }
}
