#!/bin/sh
# Makes the namespace and the search attributes that Baton needs. Any number of times.
# From the environment: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, BATON_RETENTION_DAYS.
set -eu

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "${BATON_RETENTION_DAYS:-30}d"

make() {
  temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" | grep -qw "$1" ||
    temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$1" --type "$2"
}

make BatonBlueprint Keyword
make BatonStatus Keyword
make BatonOwner Keyword
make BatonAgent KeywordList
make BatonFailedStep Keyword
make BatonErrorCode Keyword
make BatonWaiting Bool
make BatonBuild Keyword
make BatonFailure Keyword
make BatonFrom Keyword
make BatonAttributes KeywordList
make BatonAfter Keyword
make BatonAfterAt Datetime
make BatonAfterStartedAt Datetime
