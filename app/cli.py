"""The `delauto` command."""

from __future__ import annotations

import click

from app.commands import (
    audit,
    backup,
    circuit,
    company,
    corrections,
    embedded,
    hearing,
    jobs,
    keys,
    metrics,
    migrate,
    own_keys,
    people,
    personal,
    planning,
    processes,
    rules,
    script,
    webhooks,
    why,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="delauto")
def main() -> None:
    """Telephone each customer before the van leaves, understand the answer, tell the driver."""


for command in (
    embedded.up,
    embedded.demo,
    embedded.carrier,
    processes.web,
    processes.worker,
    processes.clock,
    planning.plan_file,
    why.why,
    rules.rules,
    company.tenant,
    people.user,
    corrections.corrections,
    metrics.metrics,
    hearing.understand,
    hearing.transcribe,
    script.script,
    circuit.circuit,
    jobs.jobs,
    webhooks.webhooks,
    keys.key,
    audit.audit,
    own_keys.keys,
    personal.export_person,
    personal.erase_person,
    migrate.migrate,
    backup.backup,
    backup.restore,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
