using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Audit;
using Berth.Server.Configuration;
using Berth.Server.Database;

namespace Berth.Server.Operation;

/// <summary>berth reset-root-password: a new random one, printed; asked of the server if it runs, else done alone.</summary>
internal static class RootPassword
{
    public static async Task<int> ResetVerb(BerthSettings settings, CancellationToken cancellationToken)
    {
        var data = DataDirectory.Existing(settings.DataDirectory);
        if (data.IsLocked)
        {
            Console.WriteLine(await AdminSocket.Post(data, AdminSocketEndpoints.ResetRootPasswordPath, cancellationToken));
            return 0;
        }
        using var held = data.Lock();
        await using var database = Databases.Open(settings, data);
        using var passwords = new Passwords();
        Console.WriteLine(await Reset(database, settings, passwords, TimeProvider.System));
        return 0;
    }

    public static async Task<string> Reset(MetadataDatabase database, BerthSettings settings, Passwords passwords, TimeProvider time)
    {
        var password = FirstRun.NewPassword();
        var hash = await passwords.Hash(password, CancellationToken.None);
        var now = time.Micros();
        await database.Write(transaction =>
        {
            var id = transaction.QueryFirstOrDefault<long?>(AccessQueries.UserIdByName, new { username = Users.RootName })
                ?? throw new OperatorException("there is no user root yet: start berth once");
            transaction.Execute(AccessQueries.SetPassword, new { id, hash, now });
            AuditEvents.Record(transaction, new(now, AuditActor.Operator, "user.password_reset", AuditEntity.User(id, Users.RootName)));
        });
        // What stands in it is no longer true.
        File.Delete(settings.InitialRootPasswordFile);
        return password;
    }
}
