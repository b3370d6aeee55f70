using Berth.Server.Access;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Registry;
using Berth.Server.Configuration;

namespace Berth.Server.Operation;

/// <summary>berth rotate-keys: the next key for registry tokens; asked of the server if it runs, else done alone. No token that lives ends by it.</summary>
internal static class RotateKeys
{
    public static async Task<int> Verb(BerthSettings settings, CancellationToken cancellationToken)
    {
        var data = DataDirectory.Existing(settings.DataDirectory);
        if (data.IsLocked)
        {
            Console.WriteLine(await AdminSocket.Post(data, AdminSocketEndpoints.RotateKeysPath, cancellationToken));
            return 0;
        }
        using var held = data.Lock();
        await using var database = Databases.Open(settings, data);
        Console.WriteLine(await Rotate(await SigningKeys.Load(database, new SecretBox(settings.SecretsKey ?? data.SecretsKey()), TimeProvider.System)));
        return 0;
    }

    public static async Task<string> Rotate(SigningKeys keys) =>
        $"key {await keys.Rotate(AuditActor.Operator, olderThan: null)} is published, and signs in {SigningKeys.PublishedAhead.TotalSeconds:0} seconds";
}
