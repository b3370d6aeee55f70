using Berth.Server.Configuration;

namespace Berth.Server.Access;

/// <summary>Reads the signing keys again every few seconds, for those that other replicas made, and makes the next one when it is due.</summary>
internal sealed class KeyRotation(SigningKeys keys, BerthSettings settings, TimeProvider time, ILogger<KeyRotation> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SigningKeys.ReloadEvery, time);
        do
        {
            try
            {
                await keys.Reload(stoppingToken);
                if (await keys.Rotate(AuditActor.System, settings.KeyRotation) is { } kid)
                    log.KeyRotated(kid);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.KeysNotRead(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
