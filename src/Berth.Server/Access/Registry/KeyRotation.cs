using Berth.Server.Access.Audit;
using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Access.Registry;

/// <summary>Reads the signing keys again every few seconds, for those that other replicas made, and makes the next one when it is due.</summary>
internal sealed class KeyRotation(SigningKeys keys, BerthSettings settings, TimeProvider time, ILogger<KeyRotation> log) : RecurringTask(SigningKeys.ReloadEvery, time)
{
    public override string Purpose => "Rotate the keys that sign registry tokens";

    protected override async Task Run(CancellationToken cancellationToken)
    {
        await keys.Reload(cancellationToken);
        if (await keys.Rotate(AuditActor.System, settings.KeyRotation) is { } kid)
            log.KeyRotated(kid);
    }

    protected override void Failed(Exception failure) => log.KeysNotRead(failure);
}
