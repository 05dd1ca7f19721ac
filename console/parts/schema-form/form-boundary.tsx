import { Component, type ReactNode } from 'react';

/** A schema that the form library cannot follow takes nothing down: the value is entered as JSON. */
export class FormBoundary extends Component<{ fallback: ReactNode; children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <>
        <p className="mb-2 text-sm text-muted">This schema cannot be shown as fields.</p>
        {this.props.fallback}
      </>
    );
  }
}
