namespace Berth.Server.Access;

/// <summary>Which rule of <see cref="Decision"/> decided: the first that applied, in the order of its functions.</summary>
internal enum DecisionRule
{
    /// <summary>Allowed: the caller's role is enough.</summary>
    Role,

    /// <summary>Allowed: administrators hold every role.</summary>
    Administrator,

    /// <summary>Allowed: the project, and its registry, are open to such callers without a role.</summary>
    Visibility,

    /// <summary>Allowed: who owns a namespace makes its projects.</summary>
    OwnNamespace,

    /// <summary>Refused: it does not exist, or not for the caller.</summary>
    NotFound,

    /// <summary>Refused: the credential lacks a scope.</summary>
    MissingScope,

    /// <summary>Refused: the token of another project's job only reads.</summary>
    ForeignJob,

    /// <summary>Refused: the project's registry is switched off.</summary>
    RegistryDisabled,

    /// <summary>Refused: a higher role is needed.</summary>
    RoleTooLow,

    /// <summary>Refused: an anonymous client has to log in first.</summary>
    LoginNeeded,

    /// <summary>Refused: the group lets no push make projects.</summary>
    NoProjectByPush,

    /// <summary>Refused: the project has another path now; by the old one it is only read.</summary>
    Moved,

    /// <summary>Refused: no project can have such a name or image.</summary>
    NameInvalid,
}
